/** Work that must not go on side by side takes turns, in the order in which it came. */
export interface Turns {
  /** Runs `work` once nothing with one of these keys is under way; `waits` is called first where something is. */
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
