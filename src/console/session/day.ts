import type { FinishedRun } from '../../engine/recorded-run.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Human } from '../../gameday/day/human.ts';
import type { Day, DayUpdate } from '../../gameday/day/order.ts';
import type { DayRecord } from '../../gameday/journal/read-day.ts';
import type { By } from '../../gameday/journal/record.ts';
import type { RunEvent } from '../../run/event.ts';
import type { StartRun } from './run.ts';

/** A game-day that the console leads. */
export interface DayOrder {
  /** A plan, or the journal of a day that began. */
  path: string;
  /** As whom of the people in the plan; its owner unless told. */
  person?: string;
  onUpdate(update: DayUpdate): void;
  /** The journal is open: what people may do from now on, who they are, and what is on the agenda. */
  begun(day: Day, facts: DayFacts): void;
  human: Human;
  /** Runs one experiment as a run of this console, that every screen shows and that the emergency stop knows. */
  run(loaded: LoadedExperiment, emit: (event: RunEvent) => void, start: StartRun): Promise<FinishedRun>;
  signal: AbortSignal;
  stopWaiting: AbortSignal;
}

export interface DayFacts {
  plan: string;
  objective: string;
  by: By;
  /** From now on the owner takes responsibility for these items of the safety check. */
  answerFor(items: readonly string[]): void;
  /** In the order of the agenda. */
  scenarios: readonly {
    name: string;
    hypothesis: string;
    byHand?: string /** How many experiments. */;
    runs: number;
  }[];
  /** What the journal said when it was opened. */
  soFar: DayRecord;
}
