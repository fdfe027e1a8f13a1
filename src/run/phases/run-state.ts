import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Effect, Live } from '../../faults/contract.ts';
import type { Expectation } from '../../faults/rules/rules.ts';
import type { Receipt } from '../../injection/write/receipt.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import type { Stopwatch } from '../clocks.ts';
import type { RunDeps, RunOptions } from '../deps.ts';
import type { CheckResult, Happening, Phase, Timings } from '../event.ts';
import type { VerdictFacts } from '../verdict/verdict.ts';

/** What a run has learnt so far. The verdict is made of this and nothing else. */
interface Story {
  dryRun: boolean;
  refusal?: { code: string; message: string };
  interrupted?: string;
  /** Our own error that ended the run; `interrupted` then says it too. */
  broken?: boolean;
  baseline: VerdictFacts['baseline'];
  baselineChecks: CheckResult[];
  injected: boolean;
  expects?: Expectation;
  watch?: Stopwatch;
  /** What was or may have been written and is not yet proven lifted. */
  written: ObjectRef[];
  effect: Effect;
  /** The fault's objects when the effect was first proven. */
  injectedLive?: Live;
  /** The written objects as the server answered them. */
  answers: KubeObject[];
  underFault?: VerdictFacts['underFault'];
  /** The experiment's checks when the time under the fault ended: what the framework would have judged by. */
  checksUnderFault?: CheckResult[];
  afterRevert?: NonNullable<VerdictFacts['afterRevert']>;
  timings: Timings;
  checks: CheckResult[];
  evidence: CheckResult[];
  selfHealed: boolean;
  /** What stood there instead of the original when somebody had undone the fault. */
  notBack: string[];
  restoredBy: string;
  collateral: string[];
  receipts: Receipt[];
  residue: number;
  blind: string[];
}

/** What the parts of a run share. */
export interface Run {
  deps: RunDeps;
  options: RunOptions;
  loaded: LoadedExperiment;
  /** Aborts when the caller stops the run or its time is up; lifting never sees it. */
  stop: AbortSignal;
  emit(happening: Happening): Promise<void>;
  phase(phase: Phase): Promise<void>;
  /** What is known so far; the verdict is made of it. */
  story: Story;
}
