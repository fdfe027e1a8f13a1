import type { FinishedRun } from '../../engine/recorded-run.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Danger } from '../../faults/rules/rules.ts';
import type { RunEvent } from '../../run/event.ts';
import type { SuiteEvent } from '../../suite/event.ts';
import type { SuiteLabel } from '../../suite/view.ts';
import type { StartRun } from './run.ts';

/** What a suite would run, in its order. */
export interface SuitePlan {
  entries: readonly (SuiteLabel & { danger: Danger })[];
  longestMs: number;
  parallel: number;
}

/** A suite that the console runs. */
export interface SuiteRunOrder {
  all: readonly LoadedExperiment[];
  onEvent(event: SuiteEvent): void;
  /** Runs one experiment as a run of this console, that every screen shows and that the emergency stop knows. */
  run(loaded: LoadedExperiment, emit: (event: RunEvent) => void, start: StartRun): Promise<FinishedRun>;
  /** Aborting reverts what runs and begins nothing more. */
  signal: AbortSignal;
}

export interface SuiteEnd {
  suite: string;
  exitCode: number;
  says: string;
  /** Every run came to a verdict of its own. */
  isWhole: boolean;
}
