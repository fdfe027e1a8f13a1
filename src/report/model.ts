import type { Receipt } from '../injection/write/receipt.ts';
import type { Verdict } from '../run/event.ts';

// Everything that a report says, in whatever form it is written. Times are milliseconds since the epoch, server time; durations milliseconds.
// Texts are sanitised; each form escapes them once more in its own way.

/** Where, as whom and with what something was run. What the framework's files do not say is missing. */
export interface Where {
  context?: string;
  server?: string;
  user?: string;
  host?: string;
  clusterUid?: string;
  version?: string;
}

/** One of T0 … T7, or another moment that is drawn. `at` is missing where it did not happen, or nobody recorded it. */
export interface Moment {
  id: 'T0' | 'T1' | 'T2' | 'T3' | 'T4' | 'T5' | 'T6' | 'T7' | 'E' | 'X' | 'W' | 'P';
  name: string;
  at?: number;
  /** After T0. */
  afterMs?: number;
  /** What is known of it beside the time: who, or why it is missing. */
  says?: string;
  /** It may have happened: nobody could tell. */
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

/** One run of one experiment, or one act by hand. */
export interface Scenario {
  name: string;
  /** The agenda's name for it, where it is another. */
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
  /** Each time that a check changed while the run went on; missing where there is no record of it. */
  flips?: Flip[];
  receipts: Pick<Receipt, 'type' | 'object' | 'outcome' | 'verified' | 'message'>[];
  /** Not proven restored; missing where it is not known. */
  residue?: number;
  collateral: string[];
  blind: string[];
  restoredBy?: string;
  selfHealed?: boolean;
  recoveryMs?: number;
  /** Told by people, on a day. */
  people?: { outcome?: string; detected?: string; mitigated?: boolean };
  tripped: { at: number; condition: string; says: string }[];
  /** What to type to run it again. */
  retest?: string;
  /** Where all of it is kept. */
  record?: string;
}

/** Something to do. What nobody has said yet (who, by when) is missing, and shown as missing. */
export interface Finding {
  text: string;
  scenario?: string;
  owner?: string;
  due?: string;
  retestOn?: string;
  /** What to type, to see whether it is repaired. */
  command?: string;
}

/** Several measured times of one kind: the median and the range, for a mean of three says nothing. */
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

/** What a game-day adds. */
export interface DayPart {
  objective: string;
  people: { name: string; role: string }[];
  notes: Note[];
  /** What namespaces looked like afterwards, against before; `left` is missing where they were not compared. */
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
  /** What should have run and did not. */
  notRun: { name: string; says: string }[];
  day?: DayPart;
  comparison?: Comparison;
  /** What could not be read, a line each. */
  problems: string[];
}
