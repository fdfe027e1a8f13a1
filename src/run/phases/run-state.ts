import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Effect, Live } from '../../faults/contract.ts';
import type { RunDeps, RunOptions } from '../deps.ts';
import type { CheckResult, Phase, RunEventBody, Timings } from '../event.ts';

/** The observations so far. They count even if their phase was interrupted. */
interface Observed {
  timings: Timings;
  /** The experiment's checks in the last sample. */
  checks: CheckResult[];
  evidence: CheckResult[];
  effect: Effect;
  /** The fault's objects when the effect was first proven. */
  injectedLive?: Live;
  /** Lines about objects that do not hold the original although somebody else undid the fault. */
  notRestored: string[];
  /** Lines about what could not be read, or not be written to the journal. */
  blind: string[];
}

/** The state that the phases of a run share. Each phase returns its own result; see `outcome.ts`. */
export interface Run {
  deps: RunDeps;
  options: RunOptions;
  loaded: LoadedExperiment;
  dryRun: boolean;
  /** Aborts when the caller stops the run or its time is up; the revert does not use it. */
  stop: AbortSignal;
  emit(event: RunEventBody): Promise<void>;
  phase(phase: Phase): Promise<void>;
  observed: Observed;
}
