/** Runs work that has a key in common one after the other, in the order of the calls. */
export interface KeyedQueue {
  /** Runs `work` when no earlier work with one of these keys is running. Calls `waits` at once if it has to wait. */
  run<T>(keys: readonly string[], work: () => Promise<T>, waits?: () => void): Promise<T>;
}

/** An empty queue, for one process. */
export function createKeyedQueue(): KeyedQueue {
  const last = new Map<string, Promise<unknown>>();
  return {
    async run(keys, work, waits) {
      const before = keys.flatMap(key => last.get(key) ?? []);
      // All keys are taken in one step: two callers that want the same keys can never wait for each other.
      const turn = Promise.allSettled(before).then(work);
      for (const key of keys) last.set(key, turn);
      if (before.length > 0) waits?.();
      try {
        return await turn;
      } finally {
        for (const key of keys) if (last.get(key) === turn) last.delete(key);
      }
    },
  };
}
