import type { ConditionStatus } from '../../../gameday/conditions/judge.ts';
import type { Stage } from '../../../gameday/day/deps.ts';
import type { EntryOf, Outcome, SafetyItem } from '../../../gameday/journal/record.ts';
import type { ProbeSeen } from '../../../gameday/probes/probe.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { DayFacts } from '../../session/day.ts';
import type { ConsoleState } from '../../store/state.ts';

/** How a scenario of the agenda stands. */
export interface ScenarioView {
  name: string;
  hypothesis: string;
  byHand?: string;
  state: 'due' | 'under way' | EntryOf<'ended'>['end'];
  /** Server milliseconds. */
  armedAt?: number;
  endedAt?: number;
  why: string;
  /** How many experiments it is of, and the verdicts of those that are over. */
  runs: number;
  verdicts: readonly string[];
  /** For a suite: what it waits for before it injects. */
  waiting?: string | undefined;
  seenBy?: string;
  /** The first alert that began meanwhile. */
  alert?: string;
  /** Why it is not known whether an alert fires. */
  alertsBlind?: string | undefined;
  outcome?: Outcome['outcome'];
}

/** The question to the people now. */
export type Asking =
  | {
      is: 'next';
      scenario: string;
      ok: boolean;
      items: readonly SafetyItem[] /** Monotonic ms until which enter injects. */;
      armedUntil?: number;
    }
  | { is: 'by-hand'; scenario: string }
  | { is: 'outcome'; scenario: string; step: 'outcome' | 'detected' | 'mitigated'; so: Partial<Outcome> };

/** The game-day on the screen. */
export interface DayView {
  phase: 'none' | 'opening' | 'under way' | 'over' | 'failed';
  message: string;
  facts?: Pick<DayFacts, 'plan' | 'objective' | 'by'>;
  scenarios: readonly ScenarioView[];
  stage?: Stage;
  standings: readonly ConditionStatus[];
  probes: readonly ProbeSeen[];
  notes: readonly EntryOf<'note'>[];
  /** Why the day stands still. */
  latched: string | undefined;
  asking: Asking | undefined;
  /** Server milliseconds of the day's beginning. */
  beganAt?: number;
  journal: string;
  /** A note that is being written: when its key was pressed, by the server's time, and what there is of it. */
  note: { at: number; text: string } | undefined;
  /** Plans that could be begun, and the one the cursor is on. */
  plans: readonly string[];
  at: number;
}

export const NO_DAY: DayView = {
  phase: 'none',
  message: '',
  scenarios: [],
  standings: [],
  probes: [],
  notes: [],
  latched: undefined,
  asking: undefined,
  journal: '',
  note: undefined,
  plans: [],
  at: 0,
};

/** Why nothing can be noted or seen now. */
export const noDay = ({ day, settings }: ConsoleState): string | undefined =>
  day.phase === 'under way' || day.phase === 'over'
    ? undefined
    : `no game-day is under way: ${pressFor(settings.keys, 'deck', 'go-to-gameday', '8')} begins one`;

/** The scenario that is under way or next, by the order of the agenda. */
export const currentScenario = ({ day: { scenarios, asking, stage } }: ConsoleState): ScenarioView | undefined =>
  scenarios.find(({ name }) => name === asking?.scenario) ??
  scenarios.find(({ name }) => stage !== undefined && 'scenario' in stage && name === stage.scenario) ??
  scenarios.find(({ state }) => state === 'under way') ??
  scenarios.find(({ state }) => state === 'due');
