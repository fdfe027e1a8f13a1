/** Runs `work` over the items, at most `width` at a time; results in the order of the items. Items start in their order. */
export async function pooled<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}

/**
 * Runs `work` over the items, at most `width` at a time and at most `perGroup` of one group: a group that does not
 * answer must not occupy all slots. Items start in their order as far as that allows. `work` must not reject.
 */
export function fairlyPooled<T>(
  items: readonly T[],
  limits: { width: number; perGroup: number; groupOf: (item: T) => string },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const busy = new Map<string, number>();
  let running = 0;
  return new Promise(resolve => {
    const next = () => {
      if (waiting.length === 0 && running === 0) return resolve();
      while (running < limits.width) {
        const index = waiting.findIndex(item => (busy.get(limits.groupOf(item)) ?? 0) < limits.perGroup);
        if (index < 0) return;
        const [item] = waiting.splice(index, 1);
        start(item as T);
      }
    };
    const start = (item: T) => {
      const group = limits.groupOf(item);
      running += 1;
      busy.set(group, (busy.get(group) ?? 0) + 1);
      void work(item).finally(() => {
        running -= 1;
        busy.set(group, (busy.get(group) ?? 1) - 1);
        next();
      });
    };
    next();
  });
}
