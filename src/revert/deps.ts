import type { Clock } from '../host/clock.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { Journal } from '../injection/write/journal.ts';
import type { Api } from '../kube/client/api.ts';
import type { FaultOf } from './scan/classify.ts';
import type { Decisions } from './scan/decisions.ts';

/** What scanning and restoring need; passed in. */
export interface RevertDeps {
  api: Api;
  clock: Clock;
  faultOf: FaultOf;
  /** Each restore is written to the journal before it is sent. */
  journal: Journal;
  /** What the scan before decided. */
  decisions?: Decisions;
  /**
   * Findings that we have written to and not yet proven restored, as they were found, by id. After our own write,
   * missing marks prove nothing, and this is then the only record of the original. Lives longer than a single attempt.
   */
  begun?: Map<string, FoundInjection>;
}
