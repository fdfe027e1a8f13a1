import {
  anyTarget,
  type ObjectParams,
  objectParams,
  objectReads,
  reachPermissions,
  TARGET,
} from '../../injection/any-object.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { objectIn } from '../../injection/live.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { BLOCK_FINALIZER, PREFIX, ROLLBACK_DATA } from '../../injection/record/markers.ts';
import { corrupt, recordIn, restoreAndStrip, textsIn } from '../../injection/record/record.ts';
import { isRefusal, refuse } from '../../injection/refuse.ts';
import { threeWay } from '../../injection/three-way.ts';
import { permissionOn, victimPlan } from '../../injection/victim-plan.ts';
import { isUntouched } from '../../k8s/field-writers.ts';
import { type Operation, pointer, remove, set, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Facts, Fault, Live, Plan, Read, Refusal, Restore, Scope } from '../contract.ts';

interface FinalizerBlockParams extends ObjectParams {
  finalizer: string;
}

const FINALIZERS = ['metadata', 'finalizers'];
const DELETION = 'deletion';
/** Domain and name, as the API server demands of finalizers. */
const QUALIFIED = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** Adds a finalizer to an object, so that a deletion of it hangs. */
export const finalizerBlock: Fault<FinalizerBlockParams> = {
  type: 'FinalizerBlock',
  parse: parameters => ({
    ...objectParams(parameters),
    finalizer: parameters.finalizer || BLOCK_FINALIZER,
  }),
  reads: objectReads,
  plan,
  effectReads,
  effect,
  restoreReads: () => [],
  restore,
};

function plan(params: FinalizerBlockParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const found = anyTarget(params, scope, live);
  if (isRefusal(found)) return found;
  const { target, pods } = found;
  const { finalizer } = params;
  const name = nameOf(refOf(target));
  const no = unsuitable(finalizer);
  if (no !== undefined) return no;
  const { finalizers } = target.metadata;
  if (finalizers?.includes(finalizer))
    return refuse(
      'no-effect',
      `${name} already has finalizer ${finalizer}: taking it out later would not be ours to do`,
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

/** Finalizers that a controller knows would be acted on, or taken out, by it. */
function unsuitable(finalizer: string): Refusal | undefined {
  const shown = sanitise(finalizer, 120);
  if (finalizer === `${PREFIX}cleanup`)
    return refuse('forbidden-target', `finalizer ${shown} guards the framework's own reverts: choose another`);
  if (!QUALIFIED.test(finalizer))
    return refuse('invalid', `expected a finalizer such as ${BLOCK_FINALIZER}, found ${shown}`);
  const domain = finalizer.slice(0, finalizer.indexOf('/'));
  return domain === 'kubernetes.io' || domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io')
    ? refuse('forbidden-target', `finalizer ${shown} means something to Kubernetes itself: choose another`)
    : undefined;
}

function warnings(finalizer: string, name: string): string[] {
  return [
    `nothing happens until somebody deletes ${name}: this fault alone deletes nothing`,
    ...(finalizer.startsWith(PREFIX)
      ? []
      : [`an operator that knows finalizer ${finalizer} may act on it, or take it out itself`]),
  ];
}

/** Once the finalizer is seen in place, the server is asked what a deletion would leave: asked before that, it could be carried out. */
function effectReads({ finalizer }: FinalizerBlockParams, made: Plan, live: Live): Read[] {
  const target: Read = { key: TARGET, get: made.target };
  const seen = objectIn(live, TARGET);
  if (seen.state !== 'found') return [target];
  const { finalizers = [], deletionTimestamp } = seen.value.metadata;
  const isHeld = finalizers.includes(finalizer) && deletionTimestamp === undefined;
  return isHeld ? [target, { key: DELETION, deletion: made.target }] : [target];
}

/** Proven by a deletion that hangs, or by a dry run of one that would: a finalizer alone proves nothing. */
function effect(params: FinalizerBlockParams, made: Plan, live: Live): Effect {
  const back = targetReadBack(made, live, TARGET);
  if ('effect' in back) return back.effect;
  const { finalizers = [], deletionTimestamp } = back.object.metadata;
  const name = nameOf(made.target);
  if (!finalizers.includes(params.finalizer))
    return { state: 'absent', evidence: [`${name} does not have finalizer ${params.finalizer} (any more)`] };
  if (deletionTimestamp === undefined) return effectOfDryRun(params, name, live);
  return {
    state: 'proven',
    evidence: [`${name} is Terminating since ${deletionTimestamp} and held by ${finalizers.join(', ')}`],
  };
}

function effectOfDryRun({ finalizer }: FinalizerBlockParams, name: string, live: Live): Effect {
  const tried = objectIn(live, DELETION);
  const { finalizers = [], deletionTimestamp } = tried.state === 'found' ? tried.value.metadata : {};
  if (deletionTimestamp !== undefined && finalizers.includes(finalizer)) {
    const held = finalizers.map(one => sanitise(one, 120)).join(', ');
    return { state: 'proven', evidence: [`a deletion of ${name}, tried as a dry run, would hang, held by ${held}`] };
  }
  const why = tried.state === 'blind' ? ` (a dry run of it: ${tried.failure.message})` : '';
  return {
    state: 'pending',
    evidence: [`${name} has finalizer ${finalizer}; nobody has deleted it, so nothing is blocked yet${why}`],
  };
}

function restore(found: FoundInjection): Restore {
  const victim = found.live;
  const envelope = recordIn(victim, 'FinalizerBlock');
  if (typeof envelope === 'string') return corrupt(victim, envelope);
  const finalizer = textsIn(envelope.data)?.finalizer;
  if (finalizer === undefined || finalizer === '') return corrupt(victim, 'the undo record names no finalizer');
  const { mayday } = envelope;
  const what = `finalizer ${sanitise(finalizer, 120)}`;
  const back = (value: Operation[]) =>
    restoreAndStrip(victim, { type: 'FinalizerBlock', records: [ROLLBACK_DATA], mayday, value, what: `the ${what}` });
  const isThere = victim.metadata.finalizers?.includes(finalizer) ?? false;
  return threeWay({
    what: `${what} of ${nameOf(refOf(victim))}`,
    says: `take ${what} out of ${nameOf(refOf(victim))}`,
    isOriginal: !isThere,
    isInjected: !isReadded(victim, finalizer),
    original: '(absent)',
    injected: finalizer,
    live: `${finalizer}, put there by somebody else`,
    put: back(withoutFinalizer(victim, finalizer)),
    strip: back([]),
  });
}

/**
 * An operator that took the finalizer out and put its own in again owns it; taking that out would not be ours to do. Of an object that was
 * made without a field of its own, such as an empty ServiceAccount, the server keeps no writers until somebody applies it: there the
 * record, which names the finalizer as injected, decides. Whoever could forge that could take the finalizer out without us.
 */
function isReadded(victim: KubeObject, finalizer: string): boolean {
  if ((victim.metadata.managedFields ?? []).length === 0) return false;
  const record = ['f:metadata', 'f:annotations', `f:${ROLLBACK_DATA}`];
  return !isUntouched(victim, ['f:metadata', 'f:finalizers', `v:${JSON.stringify(finalizer)}`], record);
}

/** Takes out this one element, bound to its place; the list with it where it was the only one. */
function withoutFinalizer(victim: KubeObject, finalizer: string): Operation[] {
  const { finalizers = [] } = victim.metadata;
  const index = finalizers.indexOf(finalizer);
  if (index < 0) return [];
  if (finalizers.length === 1) return [test(pointer(...FINALIZERS), finalizers), remove(pointer(...FINALIZERS))];
  return [test(pointer(...FINALIZERS, index), finalizer), remove(pointer(...FINALIZERS, index))];
}
