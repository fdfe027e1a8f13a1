import type { Clock } from '../host/clock.ts';
import { messageOf } from '../text/message-of.ts';
import type { Readiness } from './readiness.ts';

/** The pause between two checks of the steady state. */
const LOOK_MS = 1_000;

/**
 * Waits until `look` says that the next run may begin, for at most `limitMs`. True when it may. Reports what it waits for whenever that
 * changes. A look that throws counts as not ready. Rejects when the signal aborts.
 */
export async function waitUntilReady(
  look: (signal: AbortSignal) => Promise<Readiness>,
  limitMs: number,
  { clock, signal, onWaiting: report }: { clock: Clock; signal: AbortSignal; onWaiting: (says: string) => void },
): Promise<boolean> {
  const since = clock.monotonic();
  let reported: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const seen = await look(signal).catch((error: unknown): Readiness => {
      signal.throwIfAborted();
      return { state: 'wait', says: messageOf(error) };
    });
    if (seen.state === 'ready') return true;
    if (seen.says !== reported) report(seen.says);
    reported = seen.says;
    const leftMs = limitMs - (clock.monotonic() - since);
    if (leftMs <= 0) return false;
    await clock.sleep(Math.min(LOOK_MS, leftMs), signal);
  }
}
