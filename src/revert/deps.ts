import type { Clock } from '../host/clock.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { Journal } from '../injection/write/journal.ts';
import type { Api } from '../kube/client/api.ts';
import type { FaultOf } from './scan/classify.ts';
import type { Decisions } from './scan/decisions.ts';

/** The dependencies of scanning and restoring. */
export interface RevertDeps {
  api: Api;
  clock: Clock;
  faultOf: FaultOf;
  /** Each restore is written to the journal before it is sent. */
  journal: Journal;
  /** The decisions of an earlier scan. */
  decisions?: Decisions;
  /**
   * The found injections that were written to and are not yet proven restored, as they were found, by id. After our own
   * write, missing marks prove nothing, and this map is then the only record of the original. It outlives one attempt.
   */
  begun?: Map<string, FoundInjection>;
}
