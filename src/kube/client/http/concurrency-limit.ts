import type { Clock } from '../../../host/clock.ts';
import type { LoopLoad } from '../../../host/loop-load.ts';

/** How many requests to one server go at the same time. */
export interface ConcurrencyLimit {
  /** Resolves when a request may go, undefined when it may at once. Each that went must `leave`. */
  acquire(): Promise<void> | undefined;
  release(): void;
}

/** Below this busy share the process waits for answers, and not answers for the process. */
const WAITING_SHARE = 0.25;
const LOOK_AGAIN_MS = 20;

/**
 * Starts with few requests, and lets twice as many go whenever the process was found to have nothing else to do. Where many clusters keep it
 * busy, more connections to each bring nothing but handshakes; where they are far away or do not answer, few would be slow.
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

  /** Without an answer nobody leaves, so the time has to tell that the process waits. */
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
