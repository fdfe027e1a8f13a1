import type { Receipt } from '../injection/write/receipt.ts';
import type { Verdict } from '../run/event.ts';

// The content of a report, independent of its format. Times are milliseconds since the epoch, server time; durations are milliseconds.
// Texts are sanitised; each format escapes them in its own way.

/** Where, by whom and with which version something was run. The framework's files say less, so members can be absent. */
export interface Where {
  context?: string;
  server?: string;
  user?: string;
  host?: string;
  clusterUid?: string;
  version?: string;
}

/** One of T0 … T7, or another moment of the time line. `at` is absent where it did not happen or was not recorded. */
export interface Moment {
  id: 'T0' | 'T1' | 'T2' | 'T3' | 'T4' | 'T5' | 'T6' | 'T7' | 'E' | 'X' | 'W' | 'P';
  name: string;
  at?: number;
  /** After T0. */
  afterMs?: number;
  /** Further information: who it was, or why the time is absent. */
  says?: string;
  /** Whether it happened is not known. */
  isBlind?: true;
}

export interface CheckLine {
  name: string;
  expected: string;
  before?: string;
  after?: string;
  ok: boolean;
}

/** A check, or a probe of a day, that changed after T0. */
export interface Flip {
  afterMs: number;
  name: string;
  state: 'pass' | 'fail' | 'blind';
  expected: string;
  actual: string;
}

/** `Unfinished`: its process died, or it still runs. */
export type ScenarioVerdict = Verdict | 'Unfinished';

/** One run of one experiment, or one scenario that people did by hand. */
export interface Scenario {
  name: string;
  /** Its name in the agenda, where that differs. */
  title?: string;
  tool: 'mayday' | 'operator-chaos' | 'by hand';
  run?: string;
  file?: string;
  type?: string;
  operator?: string;
  component?: string;
  resource?: string;
  tier?: number;
  hypothesis?: string;
  parameters?: Record<string, string>;
  where: Where;
  startedAt?: number;
  endedAt?: number;
  verdict: ScenarioVerdict;
  reasons: string[];
  /** What the framework would have said, where it differs. */
  compat?: { verdict: string; why: string };
  dryRun: boolean;
  interrupted?: string;
  refused?: string;
  moments: Moment[];
  effect?: { state: string; evidence: string[] };
  checks: CheckLine[];
  /** The changes of checks during the run; absent where they were not recorded. */
  flips?: Flip[];
  receipts: Pick<Receipt, 'type' | 'object' | 'outcome' | 'verified' | 'message'>[];
  /** How many injections are not proven restored; absent where that is not known. */
  residue?: number;
  collateral: string[];
  blind: string[];
  restoredBy?: string;
  selfHealed?: boolean;
  recoveryMs?: number;
  /** What people said on a game-day. */
  people?: { outcome?: string; detected?: string; mitigated?: boolean };
  tripped: { at: number; condition: string; says: string }[];
  /** The command that runs it again. */
  retest?: string;
  /** The path of the full record. */
  record?: string;
}

/** Something to do. An owner or a date that nobody gave is absent, and shown as missing. */
export interface Finding {
  text: string;
  scenario?: string;
  owner?: string;
  due?: string;
  retestOn?: string;
  /** The command that shows whether it is fixed. */
  command?: string;
}

/** Measured times of one kind. Median and range are given, since a mean of few values says little. */
export interface Figure {
  name: string;
  count: number;
  medianMs: number;
  minMs: number;
  maxMs: number;
}

interface Note {
  at: number;
  by: string;
  text: string;
  tag?: string;
  scenario?: string;
}

/** What the report of a game-day has in addition. */
export interface DayPart {
  objective: string;
  people: { name: string; role: string }[];
  notes: Note[];
  /** The baselines of before and after; `left` holds the differences, and is absent where they were not compared. */
  baseline: { saved: boolean; left?: string[]; problem?: string };
  stops: { at: number; by: string; why: string }[];
  sessions: number;
  ended?: { at: number; says: string };
}

export interface Change {
  name: string;
  change: 'regressed' | 'slower' | 'same' | 'faster' | 'improved' | 'new' | 'not-run';
  before?: { verdict: ScenarioVerdict; recoveryMs?: number; runs: number };
  now?: { verdict: ScenarioVerdict; recoveryMs?: number; runs: number };
}

export interface Comparison {
  with: string;
  changes: Change[];
}

export interface Report {
  title: string;
  source: { kind: 'run' | 'suite' | 'day' | 'folder'; id: string };
  madeAt: number;
  madeBy: string;
  from?: number;
  to?: number;
  where: Where[];
  counts: Record<ScenarioVerdict, number> & { total: number; residue: number };
  figures: Figure[];
  scenarios: Scenario[];
  findings: Finding[];
  /** What was planned and not run. */
  notRun: { name: string; says: string }[];
  day?: DayPart;
  comparison?: Comparison;
  /** What could not be read, a line each. */
  problems: string[];
}
