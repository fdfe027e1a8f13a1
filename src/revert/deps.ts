import type { Clock } from '../host/clock.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
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
  begun?: Map<string, FoundInjection>;
}
