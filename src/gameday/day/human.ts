import type { RunResult } from '../../run/verdict/result.ts';
import type { By, LookItem, Outcome, ScenarioEnd } from '../journal/record.ts';
import type { ReadyScenario } from './agenda.ts';

/** What is known of a scenario when people are asked how it went. */
export interface EndedScenario {
  end: ScenarioEnd;
  why: string;
  results: readonly RunResult[];
  /** Somebody pressed "I see it". */
  seenBy?: string;
  /** The name of the first alert that began meanwhile. */
  alert?: string;
}

/** What is decided before each scenario. `look`: look both ways once more. */
export type Go = 'go' | 'skip' | 'stop' | 'look';

/** The people, as far as the day asks them. */
export interface Human {
  /** Asked when the look both ways is done, whatever it gave. `go` where it said no is not obeyed. */
  next(ready: ReadyScenario, look: { ok: boolean; items: readonly LookItem[] }, signal: AbortSignal): Promise<Go>;
  /** Resolves when what is done by hand is done. */
  byHand(ready: ReadyScenario, signal: AbortSignal): Promise<void>;
  /** `auto`: nobody was asked. */
  outcome(ready: ReadyScenario, ended: EndedScenario, signal: AbortSignal): Promise<Outcome & { by: By; auto?: true }>;
}
