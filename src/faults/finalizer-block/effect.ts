import { objectIn } from '../../injection/live.ts';
import { TARGET } from '../../injection/plan/any-object.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Live, Plan, Read } from '../contract.ts';
import type { FinalizerBlockParams } from './plan.ts';

const DELETION = 'deletion';

/** The dry run of a deletion is asked for only after the finalizer was read on the object: without it, a server that ignores dryRun would delete. */
export function effectReads({ finalizer }: FinalizerBlockParams, plan: Plan, live: Live): Read[] {
  const target: Read = { key: TARGET, get: plan.target };
  const seen = objectIn(live, TARGET);
  if (seen.state !== 'found') return [target];
  const { finalizers = [], deletionTimestamp } = seen.value.metadata;
  const isHeld = finalizers.includes(finalizer) && deletionTimestamp === undefined;
  return isHeld ? [target, { key: DELETION, deletion: plan.target }] : [target];
}

/** Proven by a deletion that hangs, or by a dry run of one that would: a finalizer alone proves nothing. */
export function effect(params: FinalizerBlockParams, plan: Plan, live: Live): Effect {
  const back = targetReadBack(plan, live, TARGET);
  if ('effect' in back) return back.effect;
  const { finalizers = [], deletionTimestamp } = back.object.metadata;
  const name = nameOf(plan.target);
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
