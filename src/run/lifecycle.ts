import type { LoadedExperiment } from '../experiment/types.ts';
import type { Plan } from '../faults/contract.ts';
import { isRefusal } from '../injection/refuse.ts';
import type { Execution } from '../injection/write/executor.ts';
import { JournalUnwritable } from '../injection/write/journal.ts';
import { injectWithReplan } from '../injection/write/replan.ts';
import type { ObjectRef } from '../k8s/object.ts';
import { startStopwatch } from './clocks.ts';
import type { RunDeps, RunOptions } from './deps.ts';
import type { RunEvent } from './event.ts';
import { checkBaseline, type Prepared, prepare } from './phases/baseline.ts';
import { conclude } from './phases/evaluate.ts';
import { liftAndRecover } from './phases/revert.ts';
import type { Run } from './phases/run-state.ts';
import { observeUnderFault } from './phases/under-fault.ts';
import type { RunResult } from './verdict/result.ts';

/**
 * Runs one experiment to its verdict: baseline → inject → observe → lift → recover → judge. Whatever happens after the first
 * write (an abort, an error, a deadline), what was written is lifted and proven so before anything is judged.
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
  try {
    await run.phase('Pending');
    const prepared = await prepare(run);
    if (prepared && (await checkBaseline(run, prepared)) && !run.story.dryRun) await injectAndLift(run, prepared);
  } catch (error) {
    // Nothing was written yet, or it has been lifted: the error itself is all there is to tell.
    noteEnd(run, error);
  } finally {
    over.abort();
  }
  return conclude(run);
}

/** Everything from the first write on; returns only when what was written has been lifted, or cannot be. */
async function injectAndLift(run: Run, prepared: Prepared): Promise<void> {
  let written = false;
  try {
    written = await inject(run, prepared);
    if (written && !run.story.interrupted) await observeUnderFault(run, prepared);
  } catch (error) {
    noteEnd(run, error);
  } finally {
    if (run.story.written.length > 0) await liftAndRecover(run, prepared);
    prepared.changes?.stop();
  }
}

/** Sends the plan. True when the fault is on. */
async function inject(run: Run, prepared: Prepared): Promise<boolean> {
  const { deps, story } = run;
  run.stop.throwIfAborted();
  await run.phase('Injecting');
  story.watch = startStopwatch(deps.clock, () => deps.api.serverTime());
  story.timings.injectedAt = story.watch.startedAt;
  // Until the outcome is known everything planned may have landed.
  story.written = prepared.plan.writes.map(write => write.on);
  const { api, clock, journal } = deps;
  const sign = (plan: Plan) => deps.sign?.(plan) ?? Promise.resolve(plan);
  const again = async () => {
    const next = await prepared.again();
    return isRefusal(next) ? next : sign(next);
  };
  const injected = await injectWithReplan(await sign(prepared.plan), again, {
    api,
    clock,
    journal,
    signal: run.stop,
  });
  if (injected.state === 'refused') {
    story.written = [];
    story.refusal = injected.refusal;
    return false;
  }
  const { execution } = injected;
  if (injected.state === 'not-injected') {
    story.written = remains(execution);
    if (execution.state === 'aborted') story.interrupted = stopReason(run.stop);
    else
      story.refusal = {
        code: execution.steps.at(-1)?.failure?.reason ?? execution.state,
        message: `not injected: ${execution.message}`,
      };
    return false;
  }
  prepared.plan = injected.plan;
  story.written = injected.plan.writes.map(write => write.on);
  story.answers = execution.steps.flatMap(({ write, object }) =>
    // What a deletion gives back is the object as it was, unless it is on its way out.
    object && (write.verb !== 'delete' || object.metadata?.deletionTimestamp) ? [object] : [],
  );
  story.injected = true;
  await run.emit({ event: 'injected', ...announce(prepared.plan), ...deadlinesAt(prepared, story.watch.startedAt) });
  return true;
}

/** What an injection that did not come to its end has, or may have, left in the cluster. */
const remains = (execution: Execution): ObjectRef[] => [
  ...execution.left.map(write => write.on),
  ...execution.steps.filter(step => step.outcome === 'unknown').map(step => step.write.on),
];

const announce = (plan: Plan) => ({
  writes: plan.writes.map(write => write.says),
  pods: plan.pods.map(pod => `${pod.namespace}/${pod.name} (uid ${pod.uid.slice(0, 8)})`),
});

const deadlinesAt = ({ ttlMs, recoveryMs }: Prepared, startedAt: number) => ({
  recoveryDeadline: startedAt + recoveryMs,
  ...(ttlMs === undefined ? {} : { ttlDeadline: startedAt + ttlMs }),
});

const stopReason = (signal: AbortSignal): string => {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name !== 'AbortError' ? reason.message : 'stopped by the user';
};

function noteEnd(run: Run, error: unknown): void {
  if (run.stop.aborted) {
    run.story.interrupted ??= stopReason(run.stop);
    return;
  }
  if (error instanceof JournalUnwritable) {
    if (run.story.injected) run.story.interrupted ??= error.message;
    else run.story.refusal = { code: 'no-journal', message: `${error.message}; nothing is injected without it` };
    return;
  }
  run.story.broken = true;
  run.story.interrupted ??= `an internal error: ${error instanceof Error ? error.message : String(error)}`;
}

function makeRun(deps: RunDeps, loaded: LoadedExperiment, options: RunOptions, stop: AbortSignal): Run {
  const run: Run = {
    deps,
    options,
    loaded,
    stop,
    async emit(happening) {
      const event = { at: Math.round(deps.api.serverTime().now), run: options.run, ...happening } as RunEvent;
      // Neither a full disk nor a broken screen may stand between a fault and its revert.
      try {
        await deps.journal.event(event);
      } catch (error) {
        const said = `the journal cannot be written: ${error instanceof Error ? error.message : String(error)}`;
        if (!run.story.blind.includes(said)) run.story.blind.push(said);
      }
      try {
        options.emit(event);
      } catch {
        // The listener's own trouble.
      }
    },
    phase: phase =>
      run.emit({
        event: 'phase',
        phase,
        ...(phase === 'Pending' ? { experiment: loaded.experiment.metadata.name } : {}),
      }),
    story: {
      dryRun: options.dryRun === true || loaded.experiment.spec.blastRadius.dryRun,
      baseline: 'not-taken',
      baselineChecks: [],
      injected: false,
      effect: { state: 'pending', evidence: [] },
      written: [],
      answers: [],
      timings: {},
      checks: [],
      evidence: [],
      selfHealed: false,
      notBack: [],
      restoredBy: 'nobody',
      collateral: [],
      receipts: [],
      residue: 0,
      blind: [],
    },
  };
  return run;
}
