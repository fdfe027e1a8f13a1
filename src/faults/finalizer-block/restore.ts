import type { FoundInjection } from '../../injection/found-injection.ts';
import { ROLLBACK_DATA } from '../../injection/record/markers.ts';
import { corrupt, recordIn, restoreAndStrip, textsIn } from '../../injection/record/record.ts';
import { threeWay } from '../../injection/restore/three-way.ts';
import { isUntouched } from '../../k8s/field-writers.ts';
import { type Operation, pointer, remove, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Restore } from '../contract.ts';
import { FINALIZERS } from './plan.ts';

/** Decides whether the injected finalizer may be removed. */
export function restore(found: FoundInjection): Restore {
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
    says: `remove ${what} of ${nameOf(refOf(victim))}`,
    isOriginal: !isThere,
    isInjected: !isReadded(victim, finalizer),
    original: '(absent)',
    injected: finalizer,
    live: `${finalizer}, added by somebody else`,
    put: back(withoutFinalizer(victim, finalizer)),
    strip: back([]),
  });
}

/**
 * If an operator removed the finalizer and added it again, it belongs to the operator, and we must not remove it. For
 * an object that was created without fields of its own, such as an empty ServiceAccount, the server keeps no
 * managedFields until somebody applies it. In that case the undo record decides, because it names the injected
 * finalizer. A user who can forge the record could also remove the finalizer directly.
 */
function isReadded(victim: KubeObject, finalizer: string): boolean {
  if ((victim.metadata.managedFields ?? []).length === 0) return false;
  const record = ['f:metadata', 'f:annotations', `f:${ROLLBACK_DATA}`];
  return !isUntouched(victim, ['f:metadata', 'f:finalizers', `v:${JSON.stringify(finalizer)}`], record);
}

/** Removes this one element, on condition that it is still at its index; removes the whole list if it was the only one. */
function withoutFinalizer(victim: KubeObject, finalizer: string): Operation[] {
  const { finalizers = [] } = victim.metadata;
  const index = finalizers.indexOf(finalizer);
  if (index < 0) return [];
  if (finalizers.length === 1) return [test(pointer(...FINALIZERS), finalizers), remove(pointer(...FINALIZERS))];
  return [test(pointer(...FINALIZERS, index), finalizer), remove(pointer(...FINALIZERS, index))];
}
