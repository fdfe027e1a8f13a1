import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Effect, Live } from '../../faults/contract.ts';
import type { RunDeps, RunOptions } from '../deps.ts';
import type { CheckResult, Phase, RunEventBody, Timings } from '../event.ts';

/** What was observed so far. It counts even if the phase that observed it was cut short. */
export interface Observed {
  timings: Timings;
  /** The experiment's checks, as last seen. */
  checks: CheckResult[];
  evidence: CheckResult[];
  effect: Effect;
  /** The fault's objects when the effect was first proven. */
  injectedLive?: Live;
  /** What was there instead of the original after somebody else undid the fault. */
  notRestored: string[];
  /** What could not be read or written down, a line each. */
  blind: string[];
}

/** What the phases of a run share. Each phase returns what it made; see `outcome.ts`. */
export interface Run {
  deps: RunDeps;
  options: RunOptions;
  loaded: LoadedExperiment;
  dryRun: boolean;
  /** Aborts when the caller stops the run or its time is up; the revert never sees it. */
  stop: AbortSignal;
  emit(event: RunEventBody): Promise<void>;
  phase(phase: Phase): Promise<void>;
  observed: Observed;
}
