import type { FinishedRun } from '../../engine/recorded-run.ts';
import type { RunEvent } from '../../run/event.ts';
import type { AlertSource } from '../alerts/alert.ts';
import type { ConditionId } from '../conditions/condition.ts';
import type { Role } from '../plan/document.ts';

/** A person who did something on the day; `role` is what the plan gives to that name. */
export interface By {
  name: string;
  role: Role;
}

/** A file of the plan, as it was read when the day began, so that a colleague can go on with the journal alone. */
export interface KeptFile {
  /** Path relative to the folder of the plan; the plan itself comes first. */
  path: string;
  sha256: string;
  /** Absent where the file may hold a Secret value: then the file itself is needed to go on. */
  text?: string;
}

/** One process that works on the day: its machine, its cluster and its user. */
export interface Session {
  /** Identifies the process among all that write into one day. */
  session: string;
  by: By;
  user: string;
  host: string;
  pid: number;
  /** Start time of the process: a later process may get the same pid. */
  processStart?: string;
  version: string;
  context: string;
  server: string;
  clusterUid: string;
}

const OUTCOMES = ['passed', 'failed', 'unsure'] as const;

/** The outcome that people give a scenario after its end. `detected`: whether anybody or anything noticed the fault, and who. */
export interface Outcome {
  outcome: (typeof OUTCOMES)[number];
  detected?: boolean;
  detectedBy?: string;
  mitigated?: boolean;
}

/** What became of a scenario: `refused` before anything was injected, `aborted` by a condition, `stopped` by a person, `died` with its process. */
export type ScenarioEnd = 'done' | 'refused' | 'aborted' | 'stopped' | 'died' | 'skipped';

export interface SafetyItem {
  name: string;
  ok: boolean;
  reason: string;
}

/** One event of a day, without the version and the time that every record has. */
export type DayEvent =
  | ({ kind: 'begin'; day: string; plan: string; objective: string; files: KeptFile[] } & Session)
  /** Another process, or the same after it died, goes on with the day. `adds`: it only takes notes. */
  | ({ kind: 'session'; day: string; adds: boolean } & Session)
  | { kind: 'look'; before: string; ok: boolean; items: SafetyItem[] }
  /** A baseline of all namespaces of the scope; `path` can be given to `mayday baseline diff`. `problem`: why it could not be saved. */
  | { kind: 'baseline'; when: 'before' | 'after'; path?: string; problem?: string; left?: string[] }
  /** `scenario` is the name in the agenda, here and everywhere. */
  | { kind: 'armed'; scenario: string; by: By }
  | { kind: 'run'; scenario: string; run: string; experiment: string; path: string }
  /** In a suite: an experiment waits (not steady yet, or locked), recorded at each change; or it was not begun, and why. */
  | { kind: 'waiting' | 'not-run'; scenario: string; experiment: string; path: string; says: string }
  | { kind: 'event'; scenario: string; event: RunEvent }
  | { kind: 'result'; scenario: string; run: string; result: FinishedRun['result']; recordPath?: string }
  | { kind: 'ended'; scenario: string; end: ScenarioEnd; why: string }
  /** A probe whose state changed; all count as steady at the start. */
  | { kind: 'probe'; probe: string; state: 'pass' | 'fail' | 'blind'; expected: string; actual: string }
  /** An alert that did not fire when the scenario was armed. */
  | { kind: 'alert'; scenario: string; source: AlertSource; name: string; labels: Readonly<Record<string, string>> }
  /** Whether a source of alerts answers, recorded when a scenario begins and at each change. `why` where it does not answer. */
  | { kind: 'alerts'; scenario: string; source: AlertSource; why?: string }
  | { kind: 'tripped'; condition: ConditionId; says: string; value: string; limit: string; scenario?: string }
  /** `auto`: nobody was asked; the outcome follows from the verdicts. */
  | ({ kind: 'outcome'; scenario: string; by: By; auto?: true } & Outcome)
  /** `at` of a note is when its key was pressed, not when it was finished. */
  | { kind: 'note'; text: string; tag?: string; by: By; scenario?: string }
  /** A person says that they see the fault; its time is T3. */
  | { kind: 'seen'; scenario?: string; by: By }
  | { kind: 'notice'; when: 'before' | 'after' | 'on-abort'; to: string; text: string }
  | { kind: 'stop'; by: By; why: string }
  | { kind: 'unlatch'; by: By }
  /** What a dead process left in the cluster, and the receipts of its revert. */
  | {
      kind: 'lifted';
      receipts: { object: string; outcome: string; verified: boolean }[];
      remaining: number;
      blind: number;
    }
  | { kind: 'end'; exitCode: number; says: string };

/** `at`: milliseconds since the epoch, the server's time. `session`: which process wrote it. */
type Stamped<H> = H extends unknown ? H & { v: 1; at: number; session?: string } : never;

/** One line of a day's journal. */
export type DayEntry = Stamped<DayEvent>;
export type EntryOf<K extends DayEvent['kind']> = Extract<DayEntry, { kind: K }>;
