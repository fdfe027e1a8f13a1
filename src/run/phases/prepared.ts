import type { Live, Plan, Refusal } from '../../faults/contract.ts';
import type { Expectation } from '../../faults/rules/rules.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Dependant } from '../../knowledge/dependants.ts';
import type { Changes } from '../observe/changes.ts';
import type { Bystanders } from '../observe/collateral.ts';
import type { Sample, Subject } from '../observe/sample.ts';

/** An experiment that may be injected: it was read and planned, and every gate passed. */
export interface Prepared {
  subject: Subject;
  before: Live;
  plan: Plan;
  /** Reads, plans and asks the gates once more, for a target that changed meanwhile. */
  again(): Promise<Plan | Refusal>;
  expects: Expectation;
  /** Milliseconds after the injection. */
  ttlMs?: number;
  recoveryMs: number;
  soakMs: number;
  /** Set once the baseline was steady. */
  baseline?: Sample;
  bystanders?: Bystanders;
  changes?: Changes;
  isTarget(deployment: KubeObject): boolean;
  namespaces: string[];
  dependants: readonly Dependant[];
}
