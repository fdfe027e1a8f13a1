import type { Facts, Permission, Plan, Scope } from '../../faults/contract.ts';
import type { FaultType } from '../../faults/types.ts';
import { joined, type Operation } from '../../k8s/json-patch.ts';
import type { KubeObject, ManagedField } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { inReach } from '../reach/pod-in-reach.ts';
import { markOperations } from '../record/record.ts';
import { ownersUnknownWarnings } from '../write/ownership.ts';
import { patchOf } from '../write/patch-of.ts';

/** The parts of a plan that every fault gives that changes one existing object. */
export interface InPlaceChange {
  type: FaultType;
  scope: Scope;
  facts: Facts;
  target: KubeObject;
  /** They follow the marks in the patch. */
  operations: readonly Operation[];
  says: string;
  pods: readonly KubeObject[];
}

/** The plan of one patch that writes the undo record and the fault together; it applies only to the version that was read. */
export function patchPlan(
  { type, scope, facts, target, operations, says, pods }: InPlaceChange,
  parts: {
    /** The annotations that are the undo record; `shown` are the keys that the plan names. */
    annotations: Readonly<Record<string, string>>;
    shown: readonly string[];
    owners: readonly ManagedField[] | undefined;
    permissions: Permission[];
    warnings: readonly string[];
  },
): Plan {
  const where = `annotation${parts.shown.length > 1 ? 's' : ''} ${parts.shown.join(' and ')} on ${nameOf(refOf(target))}`;
  return {
    is: 'plan',
    type,
    id: facts.id,
    scope,
    writes: [
      patchOf(target, joined(markOperations(target, type, parts.annotations), operations), { says, atVersion: true }),
    ],
    undo: { where, reversible: true },
    pods: pods.map(inReach),
    permissions: parts.permissions,
    warnings: [...parts.warnings, ...ownersUnknownWarnings(target, parts.owners)],
    target: refOf(target),
  };
}
