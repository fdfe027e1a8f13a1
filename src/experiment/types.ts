import type { Danger } from '../faults/rules/rules.ts';
import type { FaultType } from '../faults/types.ts';

/** Every type of steady-state check. A new one needs a row wherever `Record<CheckType, …>` asks for it. */
export const CHECK_TYPES = ['conditionTrue', 'resourceExists', 'fieldEquals'] as const;

export type CheckType = (typeof CHECK_TYPES)[number];

export interface SteadyStateCheck {
  type: CheckType;
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
  conditionType?: string;
  fieldPath?: string;
  expectedValue?: string;
}

/** A ChaosExperiment after loading: defaults applied, durations in milliseconds, unknown fields refused. */
export interface Experiment {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: {
    tier: number;
    target: { operator: string; component: string; resource?: string };
    steadyState: { checks: SteadyStateCheck[]; timeoutMs?: number };
    injection: {
      type: FaultType;
      dangerLevel?: Danger;
      parameters: Record<string, string>;
      count: number;
      ttlMs?: number;
    };
    /** `recoveryTimeoutMs` is 60,000 when the document leaves it out or says 0. */
    hypothesis: { description: string; recoveryTimeoutMs: number; recoveryTimeoutGiven: boolean };
    blastRadius: {
      maxPodsAffected: number;
      allowedNamespaces: string[];
      forbiddenResources: string[];
      allowDangerous: boolean;
      dryRun: boolean;
    };
  };
}

/** An experiment with where it came from. */
export interface LoadedExperiment {
  experiment: Experiment;
  /** The file's path as given, or `-`. */
  path: string;
  /** SHA-256 of the document's bytes, hex. */
  sha256: string;
}
