import type { Clock } from '../../host/clock.ts';

/** Hands updates to listeners at a limited rate. */
export interface Publisher<Update> {
  subscribe(listener: (update: Update) => void): () => void;
  publishNow(): void;
  /**
   * Publishes at once after a quiet period, otherwise when the interval since the last update is over; never after
   * the signal aborts.
   */
  publishSoon(signal: AbortSignal): void;
}

/** `update` collects the changes at the moment they are published. */
export function createPublisher<Update>(clock: Clock, everyMs: number, update: () => Update): Publisher<Update> {
  const listeners = new Set<(update: Update) => void>();
  let publishedAt = Number.NEGATIVE_INFINITY;
  let scheduled = false;

  function publishNow() {
    publishedAt = clock.monotonic();
    const made = update();
    for (const listener of listeners) listener(made);
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publishNow,
    publishSoon(signal) {
      if (scheduled) return;
      scheduled = true;
      const wait = Math.max(0, publishedAt + everyMs - clock.monotonic());
      clock.sleep(wait, signal).then(
        () => {
          scheduled = false;
          publishNow();
        },
        () => {
          scheduled = false;
        },
      );
    },
  };
}
