import type { FinishedRun } from '../engine/recorded-run.ts';
import type { LoadedExperiment } from '../experiment/types.ts';
import type { Clock } from '../host/clock.ts';
import type { RunOptions } from '../run/deps.ts';
import type { RunEvent } from '../run/event.ts';
import { exitCode, mostSevere } from '../run/verdict/result.ts';
import { messageOf } from '../text/message-of.ts';
import type { EntryEnd, Left, SuiteEvent, SuiteEventBody } from './event.ts';
import type { SuiteJournal, SuiteSettings } from './journal.ts';
import { longestLeftMs } from './longest.ts';
import { nextToStart, type SuiteEntry } from './order.ts';
import type { Readiness } from './readiness.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** What a suite needs from outside. */
export interface SuiteDeps {
  run(loaded: LoadedExperiment, options: Omit<RunOptions, 'run'>): Promise<FinishedRun>;
  /** Checks once whether an experiment may begin. */
  ready(loaded: LoadedExperiment, signal: AbortSignal): Promise<Readiness>;
  /** The clock of experiments, which may run fast. */
  clock: Clock;
  /** Server time, milliseconds since the epoch. */
  now(): number;
  journal: SuiteJournal;
  emit(event: SuiteEvent): void;
}

export interface SuiteRun {
  suite: string;
  /** What has still to be run, in order. */
  entries: readonly SuiteEntry[];
  settings: SuiteSettings;
  /** The results from an earlier process of this suite. */
  done?: ReadonlyMap<string, EntryEnd>;
  /** Aborting stops and reverts what runs, and begins nothing more. */
  signal: AbortSignal;
}

export interface SuiteResult {
  suite: string;
  done: ReadonlyMap<string, EntryEnd>;
  notRun: ReadonlyMap<string, string>;
  /** The most severe exit code of its runs; 6 where it was interrupted, 5 where a run is missing. */
  exitCode: number;
  says: string;
}

/**
 * Runs experiments in their order, in parallel where they cannot affect each other, each once its steady state holds. Stops beginning new
 * ones when it is interrupted, when a fault is left in the cluster, and with `failFast` at the first run that is not Resilient; those that
 * run are waited for. Rejects only with an internal error or one of the disk, after everything that ran has been reverted.
 */
export async function runSuite(deps: SuiteDeps, suite: SuiteRun): Promise<SuiteResult> {
  const { signal, settings } = suite;
  const state = beginning(suite);
  const { waiting, running, done } = state;
  emit(deps, suite, {
    event: 'begin',
    entries: suite.entries.map(({ key }) => key),
    done: [...done.keys()],
    parallel: settings.parallel,
    left: leftOf(deps, suite, state),
  });
  for (;;) {
    if (signal.aborted) state.stop ??= 'interrupted';
    if (state.stop !== undefined) state.ending.abort(new Error(state.stop));
    const underWay = [...running.values()];
    const mayBegin = state.stop === undefined && state.broken === undefined;
    const next = mayBegin
      ? nextToStart(
          waiting,
          underWay.map(({ entry }) => entry),
          settings.parallel,
        )
      : undefined;
    if (next !== undefined) begin(deps, suite, state, next);
    else if (running.size === 0) break;
    else await Promise.race(underWay.map(({ end }) => end));
  }
  return conclude(deps, suite, state);
}

/** What a suite has come to so far. */
interface SuiteState {
  readonly waiting: SuiteEntry[];
  readonly running: Map<string, { entry: SuiteEntry; since: number; end: Promise<void> }>;
  readonly done: Map<string, EntryEnd>;
  readonly notRun: Map<string, string>;
  /** Ends the waiting for the steady state; what runs goes on. */
  readonly ending: AbortController;
  /** Why nothing more is begun. */
  stop?: string;
  /** An error of our own, or of the disk. */
  broken?: { error: unknown };
}

const beginning = ({ entries, done }: SuiteRun): SuiteState => ({
  waiting: [...entries],
  running: new Map(),
  done: new Map(done),
  notRun: new Map(),
  ending: new AbortController(),
});

const serverTime = ({ now }: SuiteDeps): number => Math.round(now());

function emit(deps: SuiteDeps, { suite }: SuiteRun, body: SuiteEventBody): void {
  try {
    deps.emit({ at: serverTime(deps), suite, ...body });
  } catch {
    // An error of the listener must not keep a fault from being reverted.
  }
}

/** How much there is still to do. */
const leftOf = ({ clock }: SuiteDeps, { settings }: SuiteRun, { waiting, running }: SuiteState): Left => ({
  waiting: waiting.length,
  running: running.size,
  longestMs: longestLeftMs(
    waiting,
    [...running.values()].map(({ entry, since }) => ({ entry, forMs: clock.monotonic() - since })),
    settings.parallel,
    settings,
  ),
});

/** Takes an experiment out of those that wait, and runs it. */
function begin(deps: SuiteDeps, suite: SuiteRun, state: SuiteState, entry: SuiteEntry): void {
  const { waiting, running, done, notRun, ending } = state;
  const { key } = entry;
  waiting.splice(waiting.indexOf(entry), 1);
  const end = runOne(deps, suite, state, entry)
    .catch((error: unknown) => {
      if (!suite.signal.aborted && !ending.signal.aborted) state.broken ??= { error };
      if (!done.has(key)) notRun.set(key, suite.signal.aborted ? 'interrupted' : messageOf(error));
    })
    .finally(() => running.delete(key));
  running.set(key, { entry, since: deps.clock.monotonic(), end });
  emit(deps, suite, { event: 'started', key, left: leftOf(deps, suite, state) });
}

async function runOne(deps: SuiteDeps, suite: SuiteRun, state: SuiteState, { key, loaded }: SuiteEntry): Promise<void> {
  const { journal, clock } = deps;
  const { settings, signal } = suite;
  // If it is not steady in time it is run all the same: the run refuses it and records why.
  await waitUntilReady(look => deps.ready(loaded, look), settings.gateMs, {
    clock,
    signal: AbortSignal.any([signal, state.ending.signal]),
    onWaiting: says => emit(deps, suite, { event: 'waiting', key, says, limitMs: settings.gateMs }),
  });
  let run: string | undefined;
  const onRunEvent = (event: RunEvent) => {
    if (run === undefined) {
      run = event.run;
      void journal.append({ entry: 'run', key, run, at: serverTime(deps) }).catch(() => undefined);
    }
    emit(deps, suite, { event: 'run', key, of: event });
  };
  const finished = await deps.run(loaded, {
    emit: onRunEvent,
    signal,
    soakMs: settings.soakMs,
    dryRun: settings.dryRun,
    ...(settings.timeoutMs === undefined ? {} : { timeoutMs: settings.timeoutMs }),
  });
  const end = endOf(finished);
  state.done.set(key, end);
  await journal.append({ entry: 'done', key, at: serverTime(deps), ...end });
  state.running.delete(key);
  emit(deps, suite, { event: 'finished', key, left: leftOf(deps, suite, state), ...end });
  if (end.residue > 0) state.stop ??= `${key} left ${end.residue} in the cluster: mayday revert --all`;
  else if (settings.failFast && end.exitCode !== 0)
    state.stop ??= `${key} ended ${end.verdict}, and --fail-fast was given`;
}

/** Records what was not run and how the suite ended. */
async function conclude(deps: SuiteDeps, suite: SuiteRun, state: SuiteState): Promise<SuiteResult> {
  const { waiting, done, notRun, stop, broken } = state;
  const { journal } = deps;
  const why = stop ?? (broken === undefined ? undefined : messageOf(broken.error));
  for (const { key } of waiting) notRun.set(key, why ?? 'not reached');
  for (const [key, says] of notRun) {
    await journal.append({ entry: 'not-run', key, says, at: serverTime(deps) }).catch(() => undefined);
    emit(deps, suite, { event: 'not-run', key, says });
  }
  if (broken !== undefined) throw broken.error;
  const code = exitCodeOf(done, notRun, suite.signal.aborted);
  const says = why === undefined ? 'all done' : `ended early: ${why}`;
  await journal.append({ entry: 'end', at: serverTime(deps), exitCode: code, says }).catch(() => undefined);
  emit(deps, suite, { event: 'end', exitCode: code, says });
  return { suite: suite.suite, done, notRun, exitCode: code, says };
}

function endOf({ result, recordPath }: FinishedRun): EntryEnd {
  const { run, verdict, reasons, residue, restoredBy, interrupted, timings } = result;
  return {
    run,
    verdict,
    reasons,
    exitCode: exitCode(result),
    residue,
    restoredBy,
    ...(timings.recoveryMs === undefined ? {} : { recoveryMs: timings.recoveryMs }),
    ...(interrupted === undefined ? {} : { interrupted }),
    ...(recordPath === undefined ? {} : { recordPath }),
  };
}

function exitCodeOf(
  done: ReadonlyMap<string, EntryEnd>,
  notRun: ReadonlyMap<string, string>,
  isInterrupted: boolean,
): number {
  return mostSevere([
    ...[...done.values()].map(end => end.exitCode),
    ...(isInterrupted ? [6] : []),
    ...(notRun.size > 0 ? [5] : []),
  ]);
}
