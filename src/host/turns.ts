/** Runs work with the same key one after the other, in the order of the calls. */
export interface Turns {
  /** Runs `work` when no earlier work with one of these keys is running; calls `waits` first if it has to wait. */
  take<T>(keys: readonly string[], work: () => Promise<T>, waits?: () => void): Promise<T>;
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    async take(keys, work, waits) {
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
