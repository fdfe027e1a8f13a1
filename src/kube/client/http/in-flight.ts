import type { Clock } from '../../../host/clock.ts';
import { createDeadlines } from './deadlines.ts';

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

/** A request, or a stream that goes on. */
interface Running {
  end(why: Stopped): void;
}

/** No requests yet. */
export function createInFlight(clock: Clock): InFlight {
  const deadlines = createDeadlines(clock);
  const active = new Set<Running>();
  const kept = new Set<Running>();
  let closed = false;

  const end = (all: Iterable<Running>, why: Stopped) => {
    for (const flight of [...all]) flight.end(why);
  };

  return {
    run({ deadlineMs, signal }, work) {
      if (signal?.aborted || closed) return Promise.reject(new StopReason('given up'));
      const stop = new AbortController();
      return new Promise((resolve, reject) => {
        const flight: Running = {
          end(why) {
            const reason = new StopReason(why);
            stop.abort(reason);
            // Some awaited work does not react to the signal.
            reject(reason);
            settled();
          },
        };
        const onAbort = () => flight.end('given up');
        const release = () => {
          signal?.removeEventListener('abort', onAbort);
          active.delete(flight);
          kept.delete(flight);
        };
        signal?.addEventListener('abort', onAbort);
        active.add(flight);
        const cancelDeadline = deadlines.add(deadlineMs, () => flight.end('deadline'));
        const settled = () => {
          cancelDeadline();
          if (!kept.has(flight)) release();
        };
        const keep = () => {
          kept.add(flight);
          return release;
        };
        work(stop.signal, keep).then(
          value => {
            settled();
            resolve(value);
          },
          (error: unknown) => {
            settled();
            reject(error);
          },
        );
      });
    },
    stopKept: why => end(kept, why),
    close() {
      closed = true;
      end(active, 'given up');
    },
  };
}
