import type { LoadedExperiment } from '../experiment/types.ts';
import { JournalUnwritable } from '../injection/write/journal.ts';
import { messageOf } from '../text/message-of.ts';
import type { RunDeps, RunOptions } from './deps.ts';
import type { RunEvent } from './event.ts';
import { checkBaseline, prepare } from './phases/baseline.ts';
import { conclude } from './phases/evaluate.ts';
import { inject } from './phases/inject.ts';
import type { Injection, Outcome } from './phases/outcome.ts';
import type { Prepared } from './phases/prepared.ts';
import { recover } from './phases/recover.ts';
import { compareOnceMore, revert } from './phases/revert.ts';
import type { Run } from './phases/run-state.ts';
import { observeUnderFault } from './phases/under-fault.ts';
import type { RunResult } from './verdict/result.ts';

/**
 * Runs one experiment to its verdict: baseline → inject → observe → revert → recover → judge. After the first write,
 * even an abort, an error or a deadline leads to the revert of everything written, and to its proof, before the verdict.
 */
export async function runExperiment(deps: RunDeps, loaded: LoadedExperiment, options: RunOptions): Promise<RunResult> {
  const timeUp = new AbortController();
  const over = new AbortController();
  const stop = AbortSignal.any([timeUp.signal, ...(options.signal ? [options.signal] : [])]);
  if (options.timeoutMs !== undefined) {
    deps.clock.sleep(options.timeoutMs, over.signal).then(
      () => timeUp.abort(new Error('the time given with --timeout is up')),
      () => undefined,
    );
  }
  const run = makeRun(deps, loaded, options, stop);
  const outcome: Outcome = {};
  try {
    await run.phase('Pending');
    await runPhases(run, outcome);
  } catch (error) {
    // Nothing was written yet, or everything was reverted, so only the error is left to report.
    noteEnd(run, outcome, error);
  } finally {
    over.abort();
  }
  return conclude(run, outcome);
}

async function runPhases(run: Run, outcome: Outcome): Promise<void> {
  const prepared = await prepare(run);
  if ('code' in prepared) {
    outcome.refused = prepared;
    return;
  }
  outcome.prepared = prepared;
  outcome.baseline = await checkBaseline(run, prepared);
  if (outcome.baseline.state === 'steady' && !run.dryRun) await injectAndRevert(run, prepared, outcome);
}

/** Everything from the first write on; returns only after the writes were reverted, or could not be. */
async function injectAndRevert(run: Run, prepared: Prepared, outcome: Outcome): Promise<void> {
  let injection: Injection | undefined;
  try {
    injection = await inject(run, prepared);
    outcome.injection = injection;
    noteInjection(run, outcome, injection);
    if (injection.isInjected && injection.recordLost === undefined)
      outcome.underFault = await observeUnderFault(run, prepared, injection);
  } catch (error) {
    noteEnd(run, outcome, error);
  } finally {
    if (injection && injection.written.length > 0) await revertAndRecover(run, prepared, outcome, injection);
    prepared.changes?.stop();
  }
}

async function revertAndRecover(run: Run, prepared: Prepared, outcome: Outcome, injection: Injection): Promise<void> {
  const reverted = await revert(run, prepared, injection);
  outcome.reverted = reverted;
  if (injection.isInjected && outcome.interrupted === undefined)
    outcome.recovered = await recover(run, prepared, { injection, reverted, underFault: outcome.underFault });
  outcome.reverted = await compareOnceMore(run, prepared, injection, reverted);
}

function noteInjection(run: Run, outcome: Outcome, { refused, isAborted, recordLost, error }: Injection): void {
  if (refused) outcome.refused = refused;
  if (isAborted) outcome.interrupted = stopReason(run.stop);
  if (recordLost !== undefined) outcome.interrupted ??= recordLost;
  if (error !== undefined) noteEnd(run, outcome, error);
}

const stopReason = (signal: AbortSignal): string => {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name !== 'AbortError' ? reason.message : 'stopped by the user';
};

function noteEnd(run: Run, outcome: Outcome, error: unknown): void {
  if (run.stop.aborted) {
    outcome.interrupted ??= stopReason(run.stop);
    return;
  }
  if (error instanceof JournalUnwritable) {
    if (outcome.injection?.isInjected) outcome.interrupted ??= error.message;
    else outcome.refused = { code: 'no-journal', message: `${error.message}; nothing is injected without it` };
    return;
  }
  outcome.broken = true;
  outcome.interrupted ??= `an internal error: ${messageOf(error)}`;
}

function makeRun(deps: RunDeps, loaded: LoadedExperiment, options: RunOptions, stop: AbortSignal): Run {
  const observed: Run['observed'] = {
    timings: {},
    checks: [],
    evidence: [],
    effect: { state: 'pending', evidence: [] },
    notRestored: [],
    blind: [],
  };
  const run: Run = {
    deps,
    options,
    loaded,
    dryRun: options.dryRun === true || loaded.experiment.spec.blastRadius.dryRun,
    stop,
    observed,
    async emit(body) {
      const event = { at: Math.round(deps.api.serverTime().now), run: options.run, ...body } as RunEvent;
      // A full disk or a broken screen must not prevent the revert.
      try {
        await deps.journal.event(event);
      } catch (error) {
        const journalError = `the journal cannot be written: ${messageOf(error)}`;
        if (!observed.blind.includes(journalError)) observed.blind.push(journalError);
      }
      try {
        options.emit(event);
      } catch {
        // A listener that throws must not affect the run.
      }
    },
    phase: phase =>
      run.emit({
        event: 'phase',
        phase,
        ...(phase === 'Pending' ? { experiment: loaded.experiment.metadata.name } : {}),
      }),
  };
  return run;
}
