import type { SuiteView } from '../../../suite/view.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { SuitePlan } from '../../session/suite.ts';
import { type Arming, fireLockOf } from '../../store/arming.ts';
import { injectLock, type Now } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';

/** The suite of this console: experiments that were marked, before, while and after they run. */
export interface SuitePane {
  /** Paths of the experiments that are marked. */
  marked: ReadonlySet<string>;
  phase: 'marking' | 'ready' | 'running' | 'stopping' | 'over' | 'failed';
  plan: SuitePlan | undefined;
  table: SuiteView | undefined;
  arming: Arming | undefined;
  /** How it ended, or why it could not be begun. */
  message: string;
}

export const NO_SUITE: SuitePane = {
  marked: new Set(),
  phase: 'marking',
  plan: undefined,
  table: undefined,
  arming: undefined,
  message: '',
};

/** Whether its runs are begun one after the other now. */
export const isSuiteRunning = ({ suite: { phase } }: Pick<ConsoleState, 'suite'>): boolean =>
  phase === 'running' || phase === 'stopping';

/** Why the experiment under the cursor cannot be marked. */
export function markLock(
  state: ConsoleState,
  chosen: { loaded?: unknown; text?: string } | undefined,
): string | undefined {
  if (isSuiteRunning(state)) return 'a suite is under way';
  if (chosen === undefined) return 'no experiment to mark';
  if (chosen.loaded === undefined) return 'this file is not a valid experiment';
  return chosen.text === undefined ? undefined : 'it is not a file yet: save it first';
}

/** Why the suite's screen has nothing to show. */
export const suiteLock = ({ suite, settings }: ConsoleState): string | undefined =>
  suite.marked.size > 0 || suite.table !== undefined
    ? undefined
    : `no experiment is marked: ${pressFor(settings.keys, 'experiments', 'mark', 'space')} marks`;

/** Why it cannot be armed now. */
export function suiteArmLock(state: ConsoleState, now: Now): string | undefined {
  if (isSuiteRunning(state)) return 'it is under way';
  if (state.suite.phase !== 'ready') return 'nothing is ready to run: mark experiments, then open the suite again';
  return injectLock(state, now);
}

/** Why it cannot be begun now; `key` arms. */
export const suiteFireLock = (state: ConsoleState, now: Now, key: string): string | undefined =>
  suiteArmLock(state, now) ?? fireLockOf(state.suite.arming, now.monotonic, key);

/** Why there is nothing to stop. */
export const suiteStopLock = ({ suite: { phase } }: ConsoleState): string | undefined =>
  phase === 'running' ? undefined : phase === 'stopping' ? 'it is stopping' : 'no suite is under way';
