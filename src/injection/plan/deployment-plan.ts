import type { Plan } from '../../faults/contract.ts';
import { deploymentPermissions } from '../reach/rollout.ts';
import { maydayFacts } from '../record/envelope.ts';
import { MANAGED_BY, MAYDAY } from '../record/markers.ts';
import { ownersOf } from '../write/ownership.ts';
import { type InPlaceChange, patchPlan } from './patch-plan.ts';

/** A change to one Deployment, whose undo record is plain annotations. */
export interface DeploymentChange extends InPlaceChange {
  /** The framework's annotations that hold the original. */
  records: Readonly<Record<string, string>>;
  /** The injected value, or its digest, by which it is recognised later. */
  injected: string;
  warnings: string[];
}

/** The plan of one patch that injects the fault and records the original; it applies only to the version that was read. */
export function deploymentPlan(of: DeploymentChange): Plan {
  const { scope, facts, target } = of;
  const owners = ownersOf(target, of.operations);
  const managedBy = target.metadata.labels?.[MANAGED_BY];
  const mayday = maydayFacts(facts, { managedBy, injected: of.injected, owners });
  return patchPlan(of, {
    annotations: { ...of.records, [MAYDAY]: JSON.stringify(mayday) },
    shown: Object.keys(of.records),
    owners,
    permissions: deploymentPermissions(target.metadata, scope),
    warnings: of.warnings,
  });
}
