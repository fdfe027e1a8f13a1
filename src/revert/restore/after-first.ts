import type { Live, Restore } from '../../faults/contract.ts';
import type { Clock } from '../../host/clock.ts';
import type { Failure } from '../../kube/client/http/outcome.ts';
import { FORCE, shownBy } from '../read-back/not-held.ts';
import { type End, failed, withNotes } from './end.ts';
import { blindEnd } from './refusal.ts';
import type { Decided } from './settle.ts';

/** How long to wait for a field that the cluster fills in by itself, milliseconds. */
const SOON_MS = 5_000;

/** Whether nothing can be written before the cluster has finished something. */
export const isWaiting = (restore: Restore): boolean => restore.is === 'restore' && restore.writes.length === 0;

/** The end of an attempt that could only wait. */
export const waiting = (restore: Restore): End =>
  restore.is === 'restore' && restore.soon
    ? { ...failed(restore.says, true), soon: true, retryForMs: SOON_MS }
    : { ...failed(restore.says, true), waits: true };

/** Repeats `look` until the cluster has filled in the fields of a new object that it sets by itself, or `SOON_MS` are over. */
export async function onceFilledIn({ clock }: { clock: Clock }, look: () => Promise<End>): Promise<End> {
  const began = clock.monotonic();
  for (let pause = 50; ; pause *= 2) {
    const end = await look();
    if (!end.soon || clock.monotonic() - began + pause > SOON_MS) return end;
    await clock.sleep(pause);
  }
}

/** The end if the original is not there after the first step: somebody wrote a third value at once, or deleted the object. The backup is kept. */
export function afterFirst(first: Restore, { restore, live }: Decided): End {
  if (isWaiting(restore)) return waiting(restore);
  if (restore.is === 'restore') {
    const isGone = restore.writes.some(({ verb }) => verb === 'create');
    const now = isGone
      ? 'the object was gone again: something deletes it'
      : 'the injected value was there again: something writes it';
    return failed(`${first.says}: done, but when it was read back, ${now}`, true);
  }
  const message = `${first.says}, but then: ${restore.says}`;
  const failures = failuresIn(live);
  if (restore.is !== 'diverged') return failures.length === 0 ? failed(message, true) : blindEnd(message, failures);
  const values = { ...shownBy(first), ...shownBy(restore) };
  return withNotes({ ...failed(message, failures.length > 0), notHeld: values }, [FORCE]);
}

/** The failed reads among those that a decision needs, so that the next attempt may decide otherwise. */
export const failuresIn = (live: Live): Failure[] =>
  [...live.values()].filter((value): value is Failure => value !== null && 'ok' in value && value.ok === false);
