import {
  anyTarget,
  type ObjectParams,
  objectParams,
  objectReads,
  reachPermissions,
  TARGET,
} from '../../injection/any-object.ts';
import { asWritten, ownerPermissions } from '../../injection/owners.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { goJson } from '../../injection/record/go-json.ts';
import { isRefusal, refuse } from '../../injection/refuse.ts';
import { victimPlan } from '../../injection/victim-plan.ts';
import { pointer, remove } from '../../k8s/json-patch.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Facts, Fault, Live, Plan, Refusal, Scope } from '../contract.ts';
import { restoreOwners, restoreOwnersReads } from './restore.ts';

/** Takes all owners off an object; its record holds them. */
export const ownerRefOrphan: Fault<ObjectParams> = {
  type: 'OwnerRefOrphan',
  parse: objectParams,
  reads: objectReads,
  plan,
  effectReads: (_params, made) => [{ key: TARGET, get: made.target }],
  effect,
  restoreReads: restoreOwnersReads,
  restore: restoreOwners,
};

function plan(params: ObjectParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
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
    says: `take owner ${names} off ${name}`,
    pods,
    warnings: [`should ${names} be deleted meanwhile, ${name} stays behind, and that owner cannot be put back`],
    permissions: [...reachPermissions(target), ...ownerPermissions(owners, target.metadata.namespace)],
  });
}

function effect(_params: ObjectParams, made: Plan, live: Live): Effect {
  const back = targetReadBack(made, live, TARGET);
  if ('effect' in back) return back.effect;
  const { ownerReferences: owners = [] } = back.object.metadata;
  const name = nameOf(made.target);
  if (owners.length === 0) return { state: 'proven', evidence: [`${name} reads back without an owner`] };
  const names = owners.map(owner => sanitise(`${owner.kind} ${owner.name}`, 80)).join(', ');
  return { state: 'absent', evidence: [`${name} is owned by ${names} (again)`] };
}
