import { anyTarget, type ObjectParams, reachPermissions } from '../../injection/plan/any-object.ts';
import { isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { permissionOn, victimPlan } from '../../injection/plan/victim-plan.ts';
import { BLOCK_FINALIZER, PREFIX } from '../../injection/record/markers.ts';
import { pointer, set } from '../../k8s/json-patch.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Facts, Live, Plan, Refusal, Scope } from '../contract.ts';

export interface FinalizerBlockParams extends ObjectParams {
  finalizer: string;
}

export const FINALIZERS = ['metadata', 'finalizers'];

/** Domain and name, as the API server demands of finalizers. */
const QUALIFIED = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** Plans the writes, or refuses. */
export function plan(params: FinalizerBlockParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const found = anyTarget(params, scope, live);
  if (isRefusal(found)) return found;
  const { target, pods } = found;
  const { finalizer } = params;
  const name = nameOf(refOf(target));
  const refusal = refusedFinalizer(finalizer);
  if (refusal !== undefined) return refusal;
  const { finalizers } = target.metadata;
  if (finalizers?.includes(finalizer))
    return refuse(
      'no-effect',
      `${name} already has finalizer ${finalizer}, which a revert must not remove: choose another`,
    );
  return victimPlan({
    type: 'FinalizerBlock',
    scope,
    facts,
    target,
    payload: { finalizer },
    injected: finalizer,
    operations: [
      finalizers === undefined ? set(pointer(...FINALIZERS), [finalizer]) : set(pointer(...FINALIZERS, '-'), finalizer),
    ],
    says: `add finalizer ${finalizer} to ${name}`,
    pods,
    warnings: warnings(finalizer, name),
    permissions: [
      ...reachPermissions(target),
      { verb: 'delete', ...permissionOn(target), for: 'inject', optional: 'the effect cannot be proven' },
    ],
  });
}

/** Refuses finalizers of Kubernetes and of the framework: a controller would act on them or remove them. */
function refusedFinalizer(finalizer: string): Refusal | undefined {
  const shown = sanitise(finalizer, 120);
  if (finalizer === `${PREFIX}cleanup`)
    return refuse('forbidden-target', `finalizer ${shown} protects the framework's own reverts: choose another`);
  if (!QUALIFIED.test(finalizer))
    return refuse('invalid', `expected a finalizer such as ${BLOCK_FINALIZER}, found ${shown}`);
  const domain = finalizer.slice(0, finalizer.indexOf('/'));
  return domain === 'kubernetes.io' || domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io')
    ? refuse('forbidden-target', `finalizer ${shown} belongs to Kubernetes itself: choose another`)
    : undefined;
}

function warnings(finalizer: string, name: string): string[] {
  return [
    `nothing happens until somebody deletes ${name}: this fault alone deletes nothing`,
    ...(finalizer.startsWith(PREFIX)
      ? []
      : [`an operator that knows finalizer ${finalizer} may act on it, or remove it itself`]),
  ];
}
