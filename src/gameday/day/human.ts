import type { RunResult } from '../../run/verdict/result.ts';
import type { By, Outcome, SafetyItem, ScenarioEnd } from '../journal/record.ts';
import type { ReadyScenario } from './agenda.ts';

/** What is known about a scenario when people are asked how it went. */
export interface EndedScenario {
  end: ScenarioEnd;
  why: string;
  results: readonly RunResult[];
  /** Somebody pressed "I see it". */
  seenBy?: string;
  /** The name of the first alert that began meanwhile. */
  alert?: string;
}

/** The decision before each scenario. `check`: repeat the safety check. */
export type Decision = 'go' | 'skip' | 'stop' | 'check';

/** The questions that a day asks people. */
export interface Human {
  /** Asked after each safety check. A `go` is ignored when the check failed. */
  next(
    ready: ReadyScenario,
    check: { ok: boolean; items: readonly SafetyItem[] },
    signal: AbortSignal,
  ): Promise<Decision>;
  /** Resolves when what is done by hand is done. */
  byHand(ready: ReadyScenario, signal: AbortSignal): Promise<void>;
  /** `auto`: nobody was asked. */
  outcome(ready: ReadyScenario, ended: EndedScenario, signal: AbortSignal): Promise<Outcome & { by: By; auto?: true }>;
}
