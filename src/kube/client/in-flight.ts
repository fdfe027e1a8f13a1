import type { Clock } from '../../host/clock.ts';

/** Why a request in flight was stopped. */
export type Stopped = 'deadline' | 'given up' | 'silent';

/** The requests in flight, each with its deadline and its caller's signal. */
export interface InFlight {
  /**
   * Runs `work` until it is done. Its signal aborts, with a `StopReason`, when the deadline passes or the caller
   * aborts. Work that calls `keep` (a stream) goes on after its promise has settled, without the deadline, until it
   * calls the function that `keep` returned.
   */
  run<T>(
    options: { deadlineMs: number; signal?: AbortSignal | undefined },
    work: (signal: AbortSignal, keep: () => () => void) => Promise<T>,
  ): Promise<T>;
  /** Stops everything that was kept, which are the streams. */
  stopKept(why: Stopped): void;
  /** Stops everything and refuses all later requests. */
  close(): void;
}

/** The reason of an aborted signal. */
export class StopReason extends Error {
  readonly why: Stopped;
  constructor(why: Stopped) {
    super(why === 'silent' ? 'no sign of life' : why);
    this.why = why;
  }
}

/**
 * The reason with which timers of finished requests are aborted. A shared instance, so that not every request creates
 * an exception with a stack.
 */
const SETTLED = new StopReason('given up');

export function createInFlight(clock: Clock): InFlight {
  const active = new Set<AbortController>();
  const kept = new Set<AbortController>();
  let closed = false;

  const end = (all: Iterable<AbortController>, why: Stopped) => {
    for (const stop of [...all]) stop.abort(new StopReason(why));
  };

  return {
    async run({ deadlineMs, signal }, work) {
      const stop = new AbortController();
      const settled = new AbortController();
      const onAbort = () => stop.abort(new StopReason('given up'));
      const release = () => {
        signal?.removeEventListener('abort', onAbort);
        active.delete(stop);
        kept.delete(stop);
      };
      if (signal?.aborted || closed) onAbort();
      stop.signal.throwIfAborted();
      signal?.addEventListener('abort', onAbort);
      active.add(stop);
      clock.sleep(deadlineMs, settled.signal).then(
        () => stop.abort(new StopReason('deadline')),
        () => undefined,
      );
      try {
        return await orAborted(
          stop.signal,
          work(stop.signal, () => {
            kept.add(stop);
            return release;
          }),
        );
      } finally {
        settled.abort(SETTLED);
        if (!kept.has(stop)) release();
      }
    },
    stopKept: why => end(kept, why),
    close() {
      closed = true;
      end(active, 'given up');
    },
  };
}

/** The promise, or the signal's reason if that comes first, for promises that do not react to signals. */
function orAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
