import type { Journal } from '../injection/journal.ts';
import type { Api } from '../kube/api.ts';
import type { Clock } from '../kube/clock.ts';
import type { FaultOf } from './classify.ts';

/** What scanning and restoring need; passed in. */
export interface RevertDeps {
  api: Api;
  clock: Clock;
  faultOf: FaultOf;
  /** Every restoring write is written down before it is sent. */
  journal: Journal;
}

/** Runs `work` over the items, at most `width` at a time; results in the order of the items. */
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
