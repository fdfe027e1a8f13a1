import type { FinishedRun } from '../engine/recorded-run.ts';
import type { Experiment, LoadedExperiment } from '../experiment/types.ts';
import type { Permission, Plan, Refusal } from '../faults/contract.ts';
import type { Danger } from '../faults/rules/rules.ts';
import type { DayEnd } from '../gameday/day/deps.ts';
import type { Human } from '../gameday/day/human.ts';
import type { Day, DayUpdate } from '../gameday/day/order.ts';
import type { DayRecord } from '../gameday/journal/read-day.ts';
import type { By } from '../gameday/journal/record.ts';
import type { Feed } from '../health/feed.ts';
import type { LogNews, LogSource } from '../health/inspect/follow-log.ts';
import type { Inspection } from '../health/inspect/inspection.ts';
import type { LiveView } from '../health/view/live.ts';
import type { ViewLoading } from '../health/view/load.ts';
import type { Clock } from '../host/clock.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { Receipt } from '../injection/write/receipt.ts';
import type { ObjectRef } from '../k8s/object.ts';
import type { Identity } from '../kube/client/api.ts';
import type { Outcome } from '../kube/client/http/outcome.ts';
import type { KnownContexts } from '../kube/connection/contexts.ts';
import type { NoAnswer } from '../kube/connection/no-answer.ts';
import type { Report } from '../report/model.ts';
import type { PastRun } from '../report/past.ts';
import type { Choice } from '../revert/restore/choices.ts';
import type { Undecided } from '../revert/restore/undecided.ts';
import type { ClusterExperiment } from '../revert/stop/cluster-experiment.ts';
import type { Stop } from '../revert/stop/stop.ts';
import type { RunEvent } from '../run/event.ts';
import type { Draft } from '../suggest/draft.ts';
import type { Suggested } from '../suggest/suggested.ts';
import type { ValidatedDraft } from '../suggest/validated-draft.ts';
import type { SuiteEvent } from '../suite/event.ts';
import type { SuiteLabel } from '../suite/view.ts';
import type { Clean } from '../text/sanitise.ts';
import type { Finding } from '../triage/finding/finding.ts';
import type { Triage } from '../triage/finding/result.ts';
import type { GateResult } from '../triage/run/gate-run.ts';
import type { Remap } from './keymap/remap.ts';
import type { FixEnd, FixPlan } from './screens/fix/view.ts';
import type { NamedTheme } from './widgets/theme.ts';

/**
 * Everything the console needs, handed over by the composition root. Nothing here may import the engine before the first
 * frame: the functions load it when they are first called.
 */
export interface ConsoleDeps {
  settings: ConsoleSettings;
  terminal: Terminal;
  /** Real time, for countdowns, even if a sandbox runs faster. */
  clock: Clock;
  /** The experiments on disk; broken files come with their error, so that they are seen. */
  catalogue(): Promise<CatalogueEntry[]>;
  /** Plans of game-days among the experiments. */
  plans?(): Promise<string[]>;
  /** Reads the kubeconfig, for the context that is named, or starts the sandbox. An unreachable cluster is not a failure here: its requests fail later, and are tried again. */
  connect(progress: (doing: string) => void, context?: string): Promise<Connected>;
  /** The contexts of the kubeconfig, as they are now; the same object as long as it has not changed. None where there is but one cluster. */
  contexts?(): Promise<KnownContexts>;
  /** Writes a new file; replaces one only where that was asked for. Never rejects. */
  save(path: string, text: string, replace: boolean): Promise<Saved>;
  /** Keeps text from the screen as a private file, and opens it in the programs of the person. */
  keep?: {
    /** Resolves with the path; rejects in one line. */
    save(name: string, text: string): Promise<string>;
    /** The command of the editor or the pager; undefined if none is configured. */
    program(by: 'editor' | 'pager'): string | undefined;
    /** Runs it on the terminal until it ends; resolves with what went wrong. */
    open(by: 'editor' | 'pager', path: string): Promise<string | undefined>;
  };
  /** What was run on this machine, from its records. */
  past?: Past;
  /** Reads the code that may be loaded later into memory, since an update may replace its files; never rejects. */
  keepCode?(): Promise<void>;
  /** Diagnostic lines for the log file; never the screen. */
  log(line: string): void;
}

/** The records of this machine's runs, suites and game-days. */
export interface Past {
  /**
   * Reads one after the other and lets the screen draw in between. Tells what is read so far, newest first, and how many there are. Rejects,
   * in one line, where there is no reading at all.
   */
  list(onRuns: (runs: readonly PastRun[], total: number) => void, signal: AbortSignal): Promise<void>;
  /** One in full, or in one line why it cannot be read. */
  read(id: string): Promise<Report | string>;
  /** As `mayday report` writes it. */
  text(report: Report, form: 'md' | 'html'): Promise<string>;
}

/** What became of a file that was to be written; `path` is absolute. */
export type Saved = { is: 'written'; path: string } | { is: 'taken'; path: string } | { is: 'failed'; why: Clean };

export interface ConsoleSettings {
  version: string;
  color: boolean;
  ascii: boolean;
  readOnly: boolean;
  /** The context of the command line, for the first frame; otherwise the kubeconfig decides it. */
  context?: string;
  /** Set when the embedded cluster was asked for: its scenario. */
  sandbox?: string;
  /** The plan of a game-day to begin with, or the journal of one to go on with; and as whom. */
  gameDay?: string;
  person?: string;
  /** Begin with the guided tour. */
  isTour?: boolean;
  /** Keys as they are configured. */
  keys?: Remap;
  /** The theme to begin with, and the themes of the user beside those that come with the program. */
  theme?: string;
  themes?: readonly NamedTheme[];
  /** Settings that cannot be followed, one line each. */
  problems?: readonly string[];
  /** How long an armed injection may be fired, milliseconds; 10,000 unless given. */
  armMs?: number;
}

export interface Terminal {
  stdin: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream & { columns?: number; rows?: number };
  stderr: NodeJS.WritableStream;
  /** How often Ink may draw, per second; 30 unless given. */
  maxFps?: number;
  /** Ink is in memory already: it need not wait until the request for the first rows is on its way. */
  isInkLoaded?: boolean;
}

type Connected =
  | { ok: true; session: Session }
  /** The console cannot be of use at all (unknown context, broken kubeconfig): one line and an exit code. */
  | { ok: false; message: string; exitCode: number };

export type CatalogueEntry =
  /** `text` is that of an experiment that is no file yet. */
  | { path: string; loaded: LoadedExperiment; text?: string; error?: never }
  | { path: string; loaded?: never; error: string };

/** What a revert is told beside what to put back. */
export interface RevertAsked {
  /** Digests of the records that a person confirmed, by the id of their finding. */
  confirmed?: ReadonlyMap<string, string>;
  /** What a person chose for single findings, by id. */
  choices?: ReadonlyMap<string, Choice>;
  /** How many of our own runs were stopped for it beforehand; each has put back what it wrote. */
  stopped?: number;
}

/** One cluster, connected as one identity. */
export interface Session {
  readonly identity: Identity;
  /** Dangerous injections need the context's name typed here. */
  readonly isProtected: boolean;
  readonly isSandbox: boolean;
  readonly feed: Feed;
  /** The namespace that was asked for, where pods may be read in no other. Never rejects. */
  confinedTo(): Promise<string | undefined>;
  /** Milliseconds since the epoch as the server counts them. */
  serverNow(): number;
  /** Why the cluster does not answer, or does not let us in; undefined where it does. */
  noAnswer(): Promise<NoAnswer | undefined>;
  /** Server version and who we are to it; undefined parts could not be learned. `failure`: why neither could. */
  about(): Promise<{ version?: Clean; user?: Clean; failure?: Clean }>;
  /** Everything that is decided before an injection, without writing. Never rejects for what the cluster answers. */
  preflight(loaded: LoadedExperiment, signal: AbortSignal): Promise<Preflight>;
  /** Runs one armed experiment to its verdict. Aborting `signal` reverts what was written; `stopWaiting` gives up waiting for that. */
  run(order: ArmedRun): Promise<RunEnd>;
  /** Looks for injections, whoever left them. */
  scan(onUpdate: (update: ScanUpdate) => void, signal: AbortSignal): Promise<ScanEnd>;
  /** Reverts `findings`, or everything, verifies, and scans again. Latches the cluster when everything is reverted. */
  revert(
    what: readonly FoundInjection[] | 'all',
    onUpdate: (update: RevertUpdate) => void,
    asked?: RevertAsked,
  ): Promise<RevertEnd>;
  /** Lifts the latch and reads it again. Resolves with what is wrong where it is not off. */
  liftLatch(): Promise<string | undefined>;
  /**
   * Looks for what is broken, in this view where there is one, and tells each gate as it is known. Rejects, in one line, where the cluster
   * cannot be looked at.
   */
  triage(onGate: (gate: GateResult) => void, signal: AbortSignal, live?: ViewLoading): Promise<Triage>;
  /** Looks whenever that view has changed, modestly, until the signal aborts. Rejects only for a fault of its own. */
  followTriage(live: LiveView, onTriage: (triage: Triage) => void, signal: AbortSignal): Promise<void>;
  /** Plans a fix of a finding, or of what follows from it: the first that fits unless one is named, `ignore` any of that kind. Rejects, in one line, where mayday cannot repair it itself. */
  planFix(finding: Finding, fix: string | undefined, follows: readonly Finding[]): Promise<FixPlan>;
  /** Does a fix that was shown, journalled and read again; rejects where it would no longer write what was shown. */
  applyFix(finding: Finding, shown: FixPlan, follows: readonly Finding[]): Promise<FixEnd>;
  /** Makes again what a fix saved at this path and deleted. */
  putBack(path: string): Promise<FixEnd>;
  /** Every fault type for an object as it is now; those that fit are filled in from it. */
  suggest(ref: ObjectRef, signal: AbortSignal): Promise<Outcome<Suggested>>;
  /** The draft with as many pods allowed as are in reach now; unchanged where that cannot be told. */
  withReach(draft: Draft, signal: AbortSignal): Promise<Draft>;
  /** The draft as `mayday validate` sees it; `path` names it. */
  validateDraft(draft: Draft, path: string): Promise<ValidatedDraft>;
  /** Reads one object and what stands around it. */
  inspect(ref: ObjectRef, signal: AbortSignal): Promise<Outcome<Inspection>>;
  /** Reads a log, and what is new in it until the signal aborts. Never rejects. */
  followLog(source: LogSource, onNews: (news: LogNews) => void, signal: AbortSignal): Promise<void>;
  /** Those that only their records ask for and nothing confirms, with everything that each would write. */
  recordsToConfirm(findings: readonly FoundInjection[]): Promise<readonly AskedRecord[]>;
  /** Those of which a person can choose whether the original comes back or what is there stays, read anew. */
  choicesToMake(findings: readonly FoundInjection[]): Promise<readonly Undecided[]>;
  /** Runs of this or an earlier process that never ended, by their journals. */
  unfinished(): Promise<Unfinished[]>;
  /**
   * This process is about to be suspended. Whether a guardian ends its live faults at their TTL anyway. Never rejects.
   */
  suspended(): Promise<boolean>;
  /** It goes on. */
  resumed(): void;
  /** What guardians ended since the last run here, and what they are about to end; one line each. */
  guardians(): Promise<string[]>;
  /** Leads a game-day to its end. Rejects, in one line, where it cannot be begun. */
  leadDay(order: DayOrder): Promise<DayEnd>;
  /** The order in which these would be run as a suite, and the longest that it can take, milliseconds. */
  planSuite(all: readonly LoadedExperiment[]): Promise<SuitePlan>;
  /** Runs them as a suite to its end. Rejects, in one line, where it cannot be begun. */
  runSuite(order: SuiteRunOrder): Promise<SuiteEnd>;
  close(): Promise<void>;
}

/** What a suite would run, in its order. */
export interface SuitePlan {
  entries: readonly (SuiteLabel & { danger: Danger })[];
  longestMs: number;
  parallel: number;
}

/** A suite that the console runs. */
export interface SuiteRunOrder {
  all: readonly LoadedExperiment[];
  onEvent(event: SuiteEvent): void;
  /** Runs one experiment as a run of this console, that every screen shows and that the emergency stop knows. */
  run(loaded: LoadedExperiment, emit: (event: RunEvent) => void, start: StartRun): Promise<FinishedRun>;
  /** Aborting reverts what runs and begins nothing more. */
  signal: AbortSignal;
}

export interface SuiteEnd {
  suite: string;
  exitCode: number;
  says: string;
  /** Every run came to a verdict of its own. */
  isWhole: boolean;
}

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

/** Starts a run with what the console adds to it. */
export type StartRun = (added: {
  emit(event: RunEvent): void;
  signal: AbortSignal;
  stopWaiting: AbortSignal;
}) => Promise<FinishedRun>;

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

interface Right {
  permission: Permission;
  /** `blind`: the cluster would not say. */
  allowed: boolean | 'blind';
}

export interface Gate {
  gate: string;
  ok: boolean;
  reason: string;
}

/** What the preview shows and arming freezes. */
export interface Preflight {
  plan: Plan | Refusal;
  gates: readonly Gate[];
  rights: readonly Right[];
  /** What decides the choice among equals; firing with it aims at what the preview showed. */
  seed: number;
}

export interface ArmedRun {
  loaded: LoadedExperiment;
  preflight: Preflight;
  /** One more gate for the plan that is really about to be sent: is it still the one that was armed? */
  gate(plan: Plan): Gate;
  emit(event: RunEvent): void;
  signal: AbortSignal;
  stopWaiting: AbortSignal;
}

export interface RunEnd {
  exitCode: number;
  /** Objects not proven restored. */
  residue: number;
}

export type ScanUpdate =
  | { is: 'progress'; done: number; total: number }
  | { is: 'finding'; finding: FoundInjection }
  | { is: 'blind'; resource: string; reason: string };

export type ScanEnd =
  | {
      ok: true;
      findings: readonly FoundInjection[];
      blind: number;
      /** The experiments of the framework's controller that inject, or would. */
      orders?: readonly ClusterExperiment[];
    }
  | { ok: false; message: string };

export type RevertUpdate =
  /** `wave` counts from 0. */
  | { is: 'wave'; wave: number; name: string; findings: readonly FoundInjection[] }
  | { is: 'receipt'; receipt: Receipt; wave: number }
  /** What became of an experiment of the framework's controller. */
  | { is: 'stopped'; stop: Stop }
  /** What became of the latch. */
  | { is: 'latch'; text: string }
  | { is: 'note'; text: string }
  /** What the second scan could not read. */
  | { is: 'blind'; resource: string; reason: string };

/** One restore that needs a person's word: `digest` holds the word to the record as it was shown. */
export interface AskedRecord {
  finding: FoundInjection;
  tier: number;
  digest: string;
  lines: readonly Clean[];
}

export interface RevertEnd {
  /** What is still not restored or stopped, or would inject again, after looking again; undefined when the second look failed. */
  remaining: number | undefined;
  receipts: readonly Receipt[];
  blind: number;
  requests: number;
  ms: number;
  latched: boolean;
  message?: string;
}

export interface Unfinished {
  run: string;
  experiment: Experiment['metadata']['name'];
  /** Writes that may have been applied and were not seen reverted. */
  open: number;
  /** When its guardian ends its fault, server milliseconds; absent where no guardian of it lives. */
  guardianDueAt?: number;
}
