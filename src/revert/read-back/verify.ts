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
import { restoreFromMemory } from './marks-from-memory.ts';
import { readCarrier } from './read-carrier.ts';

/** The result of reading a restore back. */
export type Verification =
  | { state: 'held' }
  /** The object that carried the record no longer exists. */
  | { state: 'gone' }
  /**
   * The object does not hold the original, although no mark is left. `now` is the object to which the undo record
   * belongs, if there is one.
   */
  | { state: 'not-held'; instead: Restore; now?: KubeObject }
  /** Not proven; another attempt may prove it. */
  | { state: 'open'; message: string };

/** Whether nothing is left to restore. After a forced restore, a `diverged` that would only strip marks counts as well. */
export function isRestored(restore: Restore, forced: boolean): boolean {
  if (restore.is === 'already-restored') return true;
  return forced && restore.is === 'diverged' && restore.writes.every(write => onlyStrips(write));
}

/**
 * Reads back and compares: no mark of this injection may be left, and the fault's own comparison, given the undo record once more, must
 * find the original. For a backup, its original object is read and compared. A created object must be gone.
 */
export async function verifyRestore(
  api: Api,
  fault: Fault<unknown>,
  done: FoundInjection,
  restore: Restore,
  live: Live,
): Promise<Verification> {
  // The reads of a backup and of its original object run in parallel, because everything is written by now.
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
    const instead = restoreFromMemory(fault, done, got.value, live);
    return isRestored(instead, forced) ? { state: 'held' } : { state: 'not-held', instead, now: got.value };
  }
  if (victim !== undefined) return verifyVictim(fault, done, victim, forced);
  for (const write of writesOf(restore)) {
    const found = isOn(write, done) ? decideFrom(write, got) : await readBack(api, write);
    if (found.state !== 'applied') return { state: 'open', message: `read back: not in place: ${write.says}` };
  }
  return { state: 'held' };
}

/** Why the injection is still found; another tool's finalizer may hold a backup that mayday deleted. */
const stillThere = (object: KubeObject): string =>
  isTerminating(object)
    ? `${nameOf(refOf(object))} is being deleted${sanitise(heldBy(object), 200)}`
    : 'the injection is still marked on the object';

const victimNow = (api: Api, fault: Fault<unknown>, done: FoundInjection): Promise<Live> =>
  fetchLive(api, known => fault.restoreReads(done, known));

/** For a deleted backup, whose content is in memory: compares its original object. */
function verifyVictim(fault: Fault<unknown>, done: FoundInjection, live: Live, forced: boolean): Verification {
  const instead = fault.restore(done, live);
  if (isRestored(instead, forced)) return { state: 'held' };
  const isBlind = [...live.values()].some(value => value !== null && 'ok' in value && value.ok === false);
  return isBlind || instead.is === 'corrupt'
    ? { state: 'open', message: `read back: ${instead.says}` }
    : { state: 'not-held', instead };
}
