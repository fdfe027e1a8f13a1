import type { Facts, Plan, Scope } from '../faults/contract.ts';
import type { FaultType } from '../faults/types.ts';
import type { Operation } from '../k8s/json-patch.ts';
import type { KubeObject } from '../k8s/object.ts';
import { nameOf, refOf } from '../k8s/object-ref.ts';
import { inReach } from './pod-in-reach.ts';
import { maydayFacts } from './record/envelope.ts';
import { MANAGED_BY, MAYDAY } from './record/markers.ts';
import { markOperations } from './record/record.ts';
import { deploymentPermissions } from './rollout.ts';
import { ownersOf, ownersUnknown } from './write/ownership.ts';
import { patchOf } from './write/patch-of.ts';

/** What one fault does to one Deployment, whose undo record is plain annotations. */
export interface DeploymentChange {
  type: FaultType;
  scope: Scope;
  facts: Facts;
  target: KubeObject;
  pods: readonly KubeObject[];
  /** The framework's annotations that hold the original. */
  records: Readonly<Record<string, string>>;
  /** What tells the injected value again later. */
  injected: string;
  operations: readonly Operation[];
  says: string;
  warnings: string[];
}

/** The plan of one patch that puts the fault in and the original beside it, bound to the version it was decided from. */
export function deploymentPlan(of: DeploymentChange): Plan {
  const { type, scope, facts, target, pods } = of;
  const owners = ownersOf(target, of.operations);
  const mayday = maydayFacts(facts, {
    managedBy: target.metadata.labels?.[MANAGED_BY],
    injected: of.injected,
    owners,
  });
  const annotations = { ...of.records, [MAYDAY]: JSON.stringify(mayday) };
  const operations = [...markOperations(target, type, annotations), ...of.operations];
  const keys = Object.keys(of.records);
  return {
    kind: 'plan',
    type,
    id: facts.id,
    scope,
    writes: [patchOf(target, operations, { says: of.says, atVersion: true })],
    undo: {
      where: `annotation${keys.length > 1 ? 's' : ''} ${keys.join(' and ')} on ${nameOf(refOf(target))}`,
      reversible: true,
    },
    pods: pods.map(inReach),
    survivors: pods.map(pod => pod.metadata.uid ?? ''),
    permissions: deploymentPermissions(target.metadata, scope),
    warnings: [...of.warnings, ...ownersUnknown(target, owners)],
    target: refOf(target),
  };
}
