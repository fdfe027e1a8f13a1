import type { FinishedRun } from '../../engine/engine.ts';
import type { RunEvent } from '../../run/event.ts';
import type { AlertSource } from '../alerts/alert.ts';
import type { ConditionId } from '../conditions/condition.ts';
import type { Role } from '../plan/document.ts';

/** Who did something on the day; `role` as the plan gives it to that name. */
export interface By {
  name: string;
  role: Role;
}

/** A file of the plan as it was read when the day began, so that a colleague can go on with the journal alone. */
export interface KeptFile {
  /** From the folder of the plan; the plan itself is the first. */
  path: string;
  sha256: string;
  /** Absent where it may hold a Secret value: then the file itself is needed to go on. */
  text?: string;
}

/** Where a process works on the day, and as whom. */
export interface Session {
  /** Tells apart the processes that write into one day. */
  session: string;
  by: By;
  user: string;
  host: string;
  pid: number;
  /** Tells this process from another that later got the same pid. */
  processStart?: string;
  version: string;
  context: string;
  server: string;
  clusterUid: string;
}

export const OUTCOMES = ['passed', 'failed', 'unsure'] as const;

/** What people say of a scenario once it is over. `detected`: whether anybody or anything noticed the fault, and who. */
export interface Outcome {
  outcome: (typeof OUTCOMES)[number];
  detected?: boolean;
  detectedBy?: string;
  mitigated?: boolean;
}

/** What became of a scenario: `refused` before anything was injected, `aborted` by a condition, `stopped` by a person, `died` with its process. */
export type ScenarioEnd = 'done' | 'refused' | 'aborted' | 'stopped' | 'died' | 'skipped';

export interface LookItem {
  name: string;
  ok: boolean;
  reason: string;
}

/** What happened, without the version and the time that every record carries. */
export type Happened =
  | ({ kind: 'begin'; day: string; plan: string; objective: string; files: KeptFile[] } & Session)
  /** Another process, or the same after it died, goes on with the day. `adds`: it only takes notes. */
  | ({ kind: 'session'; day: string; adds: boolean } & Session)
  | { kind: 'look'; before: string; ok: boolean; items: LookItem[] }
  /** Of all namespaces of the scope; `path` is what `mayday baseline diff` takes. `problem` where it could not be saved. */
  | { kind: 'baseline'; when: 'before' | 'after'; path?: string; problem?: string; left?: string[] }
  /** `scenario` is the name in the agenda, here and everywhere. */
  | { kind: 'armed'; scenario: string; by: By }
  | { kind: 'run'; scenario: string; run: string; experiment: string; path: string }
  /** Of a suite: not steady yet, or locked, told again whenever that changes; and what was not begun, and why. */
  | { kind: 'waiting' | 'not-run'; scenario: string; experiment: string; path: string; says: string }
  | { kind: 'event'; scenario: string; event: RunEvent }
  | { kind: 'result'; scenario: string; run: string; result: FinishedRun['result']; recordPath?: string }
  | { kind: 'ended'; scenario: string; end: ScenarioEnd; why: string }
  /** A probe that changed; all are steady to begin with. */
  | { kind: 'probe'; probe: string; state: 'pass' | 'fail' | 'blind'; expected: string; actual: string }
  /** An alert that did not fire when the scenario was armed. */
  | { kind: 'alert'; scenario: string; source: AlertSource; name: string; labels: Readonly<Record<string, string>> }
  /** Whether a source of alerts answers: told when a scenario begins, and at each change. `why` where it does not. */
  | { kind: 'alerts'; scenario: string; source: AlertSource; why?: string }
  | { kind: 'tripped'; condition: ConditionId; says: string; value: string; limit: string; scenario?: string }
  /** `auto`: nobody was asked, it is what the verdicts come to. */
  | ({ kind: 'outcome'; scenario: string; by: By; auto?: true } & Outcome)
  /** `at` of a note is when its key was pressed, not when it was finished. */
  | { kind: 'note'; text: string; tag?: string; by: By; scenario?: string }
  /** A person says that they see the fault: T3. */
  | { kind: 'seen'; scenario?: string; by: By }
  | { kind: 'notice'; when: 'before' | 'after' | 'on-abort'; to: string; text: string }
  | { kind: 'stop'; by: By; why: string }
  | { kind: 'unlatch'; by: By }
  /** What a process that died left in the cluster, and what became of it. */
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
export type DayEntry = Stamped<Happened>;
export type EntryOf<K extends Happened['kind']> = Extract<DayEntry, { kind: K }>;
