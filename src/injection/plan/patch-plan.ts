import type { Facts, Permission, Plan, Scope } from '../../faults/contract.ts';
import type { FaultType } from '../../faults/types.ts';
import type { Operation } from '../../k8s/json-patch.ts';
import type { KubeObject, ManagedField } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { inReach } from '../reach/pod-in-reach.ts';
import { markOperations } from '../record/record.ts';
import { ownersUnknown } from '../write/ownership.ts';
import { patchOf } from '../write/patch-of.ts';

/** What every fault says that changes one object in place. */
export interface InPlaceChange {
  type: FaultType;
  scope: Scope;
  facts: Facts;
  target: KubeObject;
  operations: readonly Operation[];
  says: string;
  pods: readonly KubeObject[];
}

/** The plan of one patch that writes the undo record and the fault together, bound to the version it was decided from. */
export function patchPlan(
  { type, scope, facts, target, operations, says, pods }: InPlaceChange,
  made: {
    /** The annotations that are the undo record, and which of them a person looks for. */
    annotations: Readonly<Record<string, string>>;
    shown: readonly string[];
    owners: readonly ManagedField[] | undefined;
    permissions: Permission[];
    warnings: readonly string[];
  },
): Plan {
  const where = `annotation${made.shown.length > 1 ? 's' : ''} ${made.shown.join(' and ')} on ${nameOf(refOf(target))}`;
  return {
    is: 'plan',
    type,
    id: facts.id,
    scope,
    writes: [
      patchOf(target, [...markOperations(target, type, made.annotations), ...operations], { says, atVersion: true }),
    ],
    undo: { where, reversible: true },
    pods: pods.map(inReach),
    permissions: made.permissions,
    warnings: [...made.warnings, ...ownersUnknown(target, made.owners)],
    target: refOf(target),
  };
}
