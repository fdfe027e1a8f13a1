import { anyTarget, type ObjectParams, reachPermissions } from '../../injection/plan/any-object.ts';
import { isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { victimPlan } from '../../injection/plan/victim-plan.ts';
import { asWritten, ownerPermissions } from '../../injection/reach/owners.ts';
import { goJson } from '../../injection/record/go-json.ts';
import { pointer, remove } from '../../k8s/json-patch.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Facts, Live, Plan, Refusal, Scope } from '../contract.ts';

/** Plans the writes, or refuses. */
export function plan(params: ObjectParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const found = anyTarget(params, scope, live);
  if (isRefusal(found)) return found;
  const { target, pods } = found;
  const owners = target.metadata.ownerReferences ?? [];
  const name = nameOf(refOf(target));
  if (owners.length === 0) return refuse('no-effect', `${name} has no owner: there is nothing to orphan it from`);
  const names = owners.map(owner => sanitise(`${owner.kind} ${owner.name}`, 80)).join(', ');
  return victimPlan({
    type: 'OwnerRefOrphan',
    scope,
    facts,
    target,
    payload: {
      apiVersion: target.apiVersion,
      kind: target.kind,
      ownerReferences: goJson(owners.map(asWritten), 'as-given'),
    },
    injected: '[]',
    operations: [remove(pointer('metadata', 'ownerReferences'))],
    says: `remove owner ${names} of ${name}`,
    pods,
    warnings: [
      `if ${names} is deleted meanwhile, ${name} is not deleted with it, and that owner reference cannot be restored`,
    ],
    permissions: [...reachPermissions(target), ...ownerPermissions(owners, target.metadata.namespace)],
  });
}
