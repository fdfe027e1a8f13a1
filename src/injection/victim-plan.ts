import type { Facts, Permission, Plan, Refusal, Scope } from '../faults/contract.ts';
import type { FaultType } from '../faults/types.ts';
import type { Operation } from '../k8s/json-patch.ts';
import type { KubeObject } from '../k8s/object.ts';
import { groupOf, nameOf, refOf } from '../k8s/object-ref.ts';
import { inReach } from './pod-in-reach.ts';
import { maydayFacts, writeEnvelope } from './record/envelope.ts';
import type { GoValue } from './record/go-json.ts';
import { MANAGED_BY, ROLLBACK_DATA } from './record/markers.ts';
import { markOperations, tooLarge } from './record/record.ts';
import { ownersOf, ownersUnknown } from './write/ownership.ts';
import { patchOf } from './write/patch-of.ts';

/** What one fault does to one object that keeps its own undo record. */
export interface VictimChange {
  type: FaultType;
  scope: Scope;
  facts: Facts;
  target: KubeObject;
  /** The undo record's payload, in the framework's format. */
  payload: GoValue;
  /** `as-given` where the framework writes structs rather than maps. */
  keys?: 'sorted' | 'as-given';
  /** What tells the injected value again later. */
  injected: string;
  absent?: string | undefined;
  operations: readonly Operation[];
  says: string;
  pods: readonly KubeObject[];
  warnings?: string[];
  /** Beyond reading and patching the target itself. */
  permissions?: Permission[];
}

/** The plan of one patch that puts the fault in and the record of the original on, bound to the version it was decided from. */
export function victimPlan(of: VictimChange): Plan | Refusal {
  const { type, scope, facts, target } = of;
  const owners = ownersOf(target, of.operations);
  const more = {
    managedBy: target.metadata.labels?.[MANAGED_BY],
    injected: of.injected,
    absent: of.absent,
    owners,
  };
  const record = writeEnvelope(of.payload, maydayFacts(facts, more), of.keys);
  const large = tooLarge(target, of.payload, record);
  if (large !== undefined) return large;
  const operations = [...markOperations(target, type, { [ROLLBACK_DATA]: record }), ...of.operations];
  return {
    kind: 'plan',
    type,
    id: facts.id,
    scope,
    writes: [patchOf(target, operations, { says: of.says, atVersion: true })],
    undo: { where: `annotation ${ROLLBACK_DATA} on ${nameOf(refOf(target))}`, reversible: true },
    pods: of.pods.map(inReach),
    permissions: [...ownPermissions(target), ...(of.permissions ?? [])],
    warnings: [...(of.warnings ?? []), ...ownersUnknown(target, owners)],
    target: refOf(target),
  };
}

/** Reading and patching the target, both ways. */
function ownPermissions(target: KubeObject): Permission[] {
  const on = permissionOn(target);
  return [
    { verb: 'get', ...on, for: 'inject' },
    { verb: 'patch', ...on, for: 'inject' },
    { verb: 'get', ...on, for: 'revert' },
    { verb: 'patch', ...on, for: 'revert' },
  ];
}

/** An object as permissions name it. */
export function permissionOn(object: KubeObject): Pick<Permission, 'group' | 'kind' | 'name' | 'namespace'> {
  const { name, namespace } = object.metadata;
  return {
    group: groupOf(object.apiVersion),
    kind: object.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}
