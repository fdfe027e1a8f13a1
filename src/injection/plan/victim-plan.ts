import type { Permission, Plan, Refusal } from '../../faults/contract.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { maydayFacts, writeEnvelope } from '../record/envelope.ts';
import type { GoValue } from '../record/go-json.ts';
import { MANAGED_BY, ROLLBACK_DATA } from '../record/markers.ts';
import { tooLarge } from '../record/record.ts';
import { ownersOf } from '../write/ownership.ts';
import { type InPlaceChange, patchPlan } from './patch-plan.ts';

/** A change to one object that carries its own undo record in an envelope. */
export interface VictimChange extends InPlaceChange {
  /** The undo record's payload, in the framework's format. */
  payload: GoValue;
  /** `as-given` if the framework writes the payload from a Go struct, whose members keep their order. */
  keys?: 'sorted' | 'as-given';
  /** The injected value, or its digest, by which it is recognised later. */
  injected: string;
  absent?: string | undefined;
  warnings?: string[];
  /** Beyond reading and patching the target itself. */
  permissions?: Permission[];
}

/** The plan of one patch that injects the fault and adds the undo record; it applies only to the version that was read. */
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
    permissions: [...targetPermissions(target), ...(of.permissions ?? [])],
    warnings: of.warnings ?? [],
  });
}

/** The permissions to read and patch the target, when injecting and when reverting. */
function targetPermissions(target: KubeObject): Permission[] {
  const on = permissionOn(target);
  return [
    { verb: 'get', ...on, for: 'inject' },
    { verb: 'patch', ...on, for: 'inject' },
    { verb: 'get', ...on, for: 'revert' },
    { verb: 'patch', ...on, for: 'revert' },
  ];
}

/** The object in the form of a permission. */
export function permissionOn(object: KubeObject): Pick<Permission, 'group' | 'kind' | 'name' | 'namespace'> {
  const { name, namespace } = object.metadata;
  return {
    group: groupOf(object.apiVersion),
    kind: object.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}
