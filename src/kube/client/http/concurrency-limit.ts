import type { Clock } from '../../../host/clock.ts';
import type { LoopLoad } from '../../../host/loop-load.ts';

/** Limits how many requests to one server run at the same time. */
export interface ConcurrencyLimit {
  /** Resolves when a request may be sent; undefined when it may be sent at once. Call `release` after each. */
  acquire(): Promise<void> | undefined;
  release(): void;
}

/** Below this busy share of the event loop the process is waiting for answers. */
const WAITING_SHARE = 0.25;
const LOOK_AGAIN_MS = 20;

/**
 * Starts with the limit `fewest` and doubles it, up to `most`, whenever the event loop is found mostly idle. While many clusters keep the
 * process busy, more connections to each only cost handshakes; if the clusters are far away or do not answer, few would be slow.
 */
export function createConcurrencyLimit({
  fewest,
  most,
  load,
  clock,
}: {
  fewest: number;
  most: number;
  load: LoopLoad;
  clock: Clock;
}): ConcurrencyLimit {
  let limit = fewest;
  let running = 0;
  let measurement = 0;
  let isWatched = false;
  const waiting: (() => void)[] = [];

  function startWaiting(): void {
    const now = load.recent();
    const isNew = now.measurement !== measurement;
    measurement = now.measurement;
    if (isNew && now.share < WAITING_SHARE) limit = Math.min(most, limit * 2);
    while (running < limit && waiting.length > 0) {
      running += 1;
      waiting.shift()?.();
    }
  }

  /** Measures again from time to time: while no answer arrives, `release` is not called. */
  async function watch(): Promise<void> {
    isWatched = true;
    while (waiting.length > 0) {
      await clock.sleep(LOOK_AGAIN_MS);
      startWaiting();
    }
    isWatched = false;
  }

  return {
    acquire() {
      if (waiting.length === 0 && running < limit) {
        running += 1;
        return undefined;
      }
      return new Promise(resolve => {
        waiting.push(resolve);
        if (!isWatched) void watch();
      });
    },
    release() {
      running -= 1;
      startWaiting();
    },
  };
}
