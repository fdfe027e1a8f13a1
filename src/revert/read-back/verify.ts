import type { Fault, Live, Restore } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { fetchLive } from '../../injection/live.ts';
import { heldBy } from '../../injection/plan/deletion-plan.ts';
import { onlyStrips } from '../../injection/record/strip.ts';
import { decideFrom, readBack } from '../../injection/write/lost-response.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { isTerminating } from '../../k8s/pod.ts';
import type { Api } from '../../kube/client/api.ts';
import { sanitise } from '../../text/sanitise.ts';
import { blindReason } from '../blind.ts';
import { isBackupFinding, isOn, keepsCarrier, writesOf } from '../restore/stages.ts';
import { recognise } from '../scan/recognise.ts';
import { readCarrier } from './read-carrier.ts';
import { judged } from './remembered.ts';

/** What reading back says of a restore. */
export type Verification =
  | { state: 'held' }
  /** The object that carried the record no longer exists. */
  | { state: 'gone' }
  /**
   * The object holds something other than the original, although no mark is left. `now` is where the record belongs, if
   * anywhere.
   */
  | { state: 'not-held'; instead: Restore; now?: KubeObject }
  /** Not proven, and another try may do better. */
  | { state: 'open'; message: string };

/** Whether nothing is left to put back. After a forced restore the doubt itself may remain. */
export function isBack(restore: Restore, forced: boolean): boolean {
  if (restore.is === 'already-restored') return true;
  return forced && restore.is === 'diverged' && restore.writes.every(write => onlyStrips(write));
}

/**
 * Reads back and compares: no marker of this finding is left, and the fault's own judgement, given the undo record once more, finds the
 * original in place. Of a backup, the object that it kept is read and judged. Of a created object, that it is gone.
 */
export async function verifyRestore(
  api: Api,
  fault: Fault<unknown>,
  done: FoundInjection,
  restore: Restore,
  live: Live,
): Promise<Verification> {
  // Of a backup and of the object that it kept, both reads go at once: everything was written before.
  const [got, victim] = await Promise.all([
    keepsCarrier(restore, done)
      ? readCarrier(api, done.object).then(carrier => carrier.got)
      : api.get(done.object, { alone: true }),
    isBackupFinding(done) ? victimNow(api, fault, done) : undefined,
  ]);
  if (!got.ok && got.reason !== 'not-found')
    return { state: 'open', message: `could not be read back: ${blindReason(got)}` };
  if (got.ok && recognise(got.value).some(again => again.id === done.id))
    return { state: 'open', message: `read back: ${stillThere(got.value)}` };
  const forced = restore.is === 'diverged';
  if (keepsCarrier(restore, done)) {
    if (!got.ok) return { state: 'gone' };
    const instead = judged(fault, done, got.value, live);
    return isBack(instead, forced) ? { state: 'held' } : { state: 'not-held', instead, now: got.value };
  }
  if (victim !== undefined) return victimBack(fault, done, victim, forced);
  for (const write of writesOf(restore)) {
    const found = isOn(write, done) ? decideFrom(write, got) : await readBack(api, write);
    if (found.state !== 'applied') return { state: 'open', message: `read back: not in place: ${write.says}` };
  }
  return { state: 'held' };
}

/** A finalizer of somebody else may keep a backup that we deleted. */
const stillThere = (object: KubeObject): string =>
  isTerminating(object)
    ? `${nameOf(refOf(object))} is being deleted${sanitise(heldBy(object), 200)}`
    : 'the injection is still marked on the object';

const victimNow = (api: Api, fault: Fault<unknown>, done: FoundInjection): Promise<Live> =>
  fetchLive(api, known => fault.restoreReads(done, known));

/** The backup is gone and the original is only in memory: the object itself is checked. */
function victimBack(fault: Fault<unknown>, done: FoundInjection, live: Live, forced: boolean): Verification {
  const instead = fault.restore(done, live);
  if (isBack(instead, forced)) return { state: 'held' };
  const isBlind = [...live.values()].some(value => value !== null && 'ok' in value && value.ok === false);
  return isBlind || instead.is === 'corrupt'
    ? { state: 'open', message: `read back: ${instead.says}` }
    : { state: 'not-held', instead };
}
