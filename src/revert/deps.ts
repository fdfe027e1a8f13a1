import type { Clock } from '../host/clock.ts';
import type { Finding } from '../injection/found-injection.ts';
import type { Journal } from '../injection/write/journal.ts';
import type { Api } from '../kube/client/api.ts';
import type { FaultOf } from './classify.ts';

/** What scanning and restoring need; passed in. */
export interface RevertDeps {
  api: Api;
  clock: Clock;
  faultOf: FaultOf;
  /** Every restoring write is written down before it is sent. */
  journal: Journal;
  /**
   * Findings that were written to and are not proven back yet, as they were, by id. After a write of our own, marks that are gone prove
   * nothing, and this is what tells the original then. Outlives a single try.
   */
  begun?: Map<string, Finding>;
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
