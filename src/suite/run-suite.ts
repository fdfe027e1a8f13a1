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
  const { clock, journal } = deps;
  const { settings, signal } = suite;
  const waiting = [...suite.entries];
  const running = new Map<string, { entry: SuiteEntry; since: number; end: Promise<void> }>();
  const done = new Map(suite.done);
  const notRun = new Map<string, string>();
  let stop: string | undefined;
  let broken: { error: unknown } | undefined;
  const ending = new AbortController();
  const cut = AbortSignal.any([signal, ending.signal]);

  const at = () => Math.round(deps.now());
  const emit = (body: SuiteEventBody) => {
    try {
      deps.emit({ at: at(), suite: suite.suite, ...body });
    } catch {
      // An error of the listener must not keep a fault from being reverted.
    }
  };
  const left = (): Left => ({
    waiting: waiting.length,
    running: running.size,
    longestMs: longestLeftMs(
      waiting,
      [...running.values()].map(({ entry, since }) => ({ entry, forMs: clock.monotonic() - since })),
      settings.parallel,
      settings,
    ),
  });

  async function runOne(entry: SuiteEntry): Promise<void> {
    const { key, loaded } = entry;
    const reportWaiting = (says: string) => emit({ event: 'waiting', key, says, limitMs: settings.gateMs });
    // If it is not steady in time it is run all the same: the run refuses it and records why.
    await waitUntilReady(look => deps.ready(loaded, look), settings.gateMs, {
      clock,
      signal: cut,
      tell: reportWaiting,
    });
    let run: string | undefined;
    const onRunEvent = (event: RunEvent) => {
      if (run === undefined) {
        run = event.run;
        void journal.append({ entry: 'run', key, run, at: at() }).catch(() => undefined);
      }
      emit({ event: 'run', key, of: event });
    };
    const finished = await deps.run(loaded, {
      emit: onRunEvent,
      signal,
      soakMs: settings.soakMs,
      dryRun: settings.dryRun,
      ...(settings.timeoutMs === undefined ? {} : { timeoutMs: settings.timeoutMs }),
    });
    const end = endOf(finished);
    done.set(key, end);
    await journal.append({ entry: 'done', key, at: at(), ...end });
    running.delete(key);
    emit({ event: 'finished', key, left: left(), ...end });
    if (end.residue > 0) stop ??= `${key} left ${end.residue} in the cluster: mayday revert --all`;
    else if (settings.failFast && end.exitCode !== 0) stop ??= `${key} ended ${end.verdict}, and --fail-fast was given`;
  }

  function begin(entry: SuiteEntry): void {
    waiting.splice(waiting.indexOf(entry), 1);
    const end = runOne(entry)
      .catch((error: unknown) => {
        if (!cut.aborted) broken ??= { error };
        if (!done.has(entry.key)) notRun.set(entry.key, signal.aborted ? 'interrupted' : messageOf(error));
      })
      .finally(() => running.delete(entry.key));
    running.set(entry.key, { entry, since: clock.monotonic(), end });
    emit({ event: 'started', key: entry.key, left: left() });
  }

  emit({
    event: 'begin',
    entries: suite.entries.map(({ key }) => key),
    done: [...done.keys()],
    parallel: settings.parallel,
    left: left(),
  });
  for (;;) {
    if (signal.aborted) stop ??= 'interrupted';
    if (stop !== undefined) ending.abort(new Error(stop));
    const next =
      stop === undefined && broken === undefined
        ? nextToStart(
            waiting,
            [...running.values()].map(({ entry }) => entry),
            settings.parallel,
          )
        : undefined;
    if (next !== undefined) begin(next);
    else if (running.size === 0) break;
    else await Promise.race([...running.values()].map(({ end }) => end));
  }
  const why = stop ?? (broken === undefined ? undefined : messageOf(broken.error));
  for (const { key } of waiting) notRun.set(key, why ?? 'not reached');
  for (const [key, says] of notRun) {
    await journal.append({ entry: 'not-run', key, says, at: at() }).catch(() => undefined);
    emit({ event: 'not-run', key, says });
  }
  if (broken !== undefined) throw broken.error;
  const code = exitCodeOf(done, notRun, signal.aborted);
  const says = why === undefined ? 'all done' : `ended early: ${why}`;
  await journal.append({ entry: 'end', at: at(), exitCode: code, says }).catch(() => undefined);
  emit({ event: 'end', exitCode: code, says });
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
