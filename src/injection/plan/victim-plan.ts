import type { Permission, Plan, Refusal } from '../../faults/contract.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { maydayFacts, writeEnvelope } from '../record/envelope.ts';
import type { GoValue } from '../record/go-json.ts';
import { MANAGED_BY, ROLLBACK_DATA } from '../record/markers.ts';
import { tooLarge } from '../record/record.ts';
import { ownersOf } from '../write/ownership.ts';
import { type InPlaceChange, patchPlan } from './patch-plan.ts';

/** What one fault does to one object that keeps its own undo record. */
export interface VictimChange extends InPlaceChange {
  /** The undo record's payload, in the framework's format. */
  payload: GoValue;
  /** `as-given` where the framework writes structs rather than maps. */
  keys?: 'sorted' | 'as-given';
  /** What tells the injected value again later. */
  injected: string;
  absent?: string | undefined;
  warnings?: string[];
  /** Beyond reading and patching the target itself. */
  permissions?: Permission[];
}

/** The plan of one patch that puts the fault in and the record of the original on, bound to the version it was decided from. */
export function victimPlan(of: VictimChange): Plan | Refusal {
  const { facts, target } = of;
  const owners = ownersOf(target, of.operations);
  const managedBy = target.metadata.labels?.[MANAGED_BY];
  const mayday = maydayFacts(facts, { managedBy, injected: of.injected, absent: of.absent, owners });
  const record = writeEnvelope(of.payload, mayday, of.keys);
  const large = tooLarge(target, of.payload, record);
  if (large !== undefined) return large;
  return patchPlan(of, {
    annotations: { [ROLLBACK_DATA]: record },
    shown: [ROLLBACK_DATA],
    owners,
    permissions: [...ownPermissions(target), ...(of.permissions ?? [])],
    warnings: of.warnings ?? [],
  });
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
