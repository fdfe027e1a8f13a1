import type { LoadedExperiment } from '../../experiment/types.ts';
import type { DayEnd } from '../../gameday/day/deps.ts';
import type { Feed } from '../../health/feed.ts';
import type { LogNews, LogSource } from '../../health/inspect/follow-log.ts';
import type { Inspection } from '../../health/inspect/inspection.ts';
import type { LiveView } from '../../health/view/live.ts';
import type { ViewLoading } from '../../health/view/load.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import type { Identity } from '../../kube/client/api.ts';
import type { Outcome } from '../../kube/client/http/outcome.ts';
import type { NoAnswer } from '../../kube/connection/no-answer.ts';
import type { LeftUnmarked } from '../../records/unfinished-lines.ts';
import type { Undecided } from '../../revert/restore/undecided.ts';
import type { Draft } from '../../suggest/draft.ts';
import type { Suggested } from '../../suggest/suggested.ts';
import type { ValidatedDraft } from '../../suggest/validated-draft.ts';
import type { Clean } from '../../text/sanitise.ts';
import type { Finding } from '../../triage/finding/finding.ts';
import type { Triage } from '../../triage/finding/result.ts';
import type { GateResult } from '../../triage/run/gate-run.ts';
import type { FixEnd, FixPlan } from '../screens/fix/view.ts';
import type { DayOrder } from './day.ts';
import type { AskedRecord, RevertAsked, RevertEnd, RevertUpdate } from './revert.ts';
import type { ArmedRun, Preflight, RunEnd, Unfinished } from './run.ts';
import type { ScanEnd, ScanUpdate } from './scan.ts';
import type { SuiteEnd, SuitePlan, SuiteRunOrder } from './suite.ts';

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
  /** Those for which a person can choose whether to restore the original or to keep the present value, read again. */
  choicesToMake(findings: readonly FoundInjection[]): Promise<readonly Undecided[]>;
  /** What lost its marks, so that only the journals of this machine know of it, read again. */
  unmarkedLeft(): Promise<readonly LeftUnmarked[]>;
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
