import type { FinishedRun } from '../../engine/recorded-run.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import type { RunOptions } from '../../run/deps.ts';
import type { RunEvent } from '../../run/event.ts';
import type { RunResult } from '../../run/verdict/result.ts';
import type { ScenarioEnd } from '../journal/record.ts';
import type { ReadyScenario } from './agenda.ts';
import type { DayDeps, UnderWay } from './deps.ts';
import type { EndState } from './exit-code.ts';
import { doneRuns } from './missing.ts';
import { runScenarioSuite } from './suite.ts';

type Ended = EndState & { results: RunResult[]; why: string };

/** Runs one scenario, from arming it to asking people how it went. Returns when its injections are reverted, or known not to be. */
export async function runScenario(deps: DayDeps, ready: ReadyScenario): Promise<Ended> {
  const { recorder, by } = deps;
  const { name } = ready.scenario;
  await recorder.note({ kind: 'armed', scenario: name, by });
  const ended = await runUntilReverted(deps, ready);
  await recorder.note({ kind: 'ended', scenario: name, end: ended.end, why: ended.why });
  // After a stop nobody is asked for an outcome.
  if (ended.end === 'stopped' || ended.end === 'refused') return ended;
  deps.stage({ at: 'asking', scenario: name });
  const seenBy = deps.seenBy(name);
  const alert = deps.alertOf(name);
  const asked = {
    ...ended,
    ...(seenBy === undefined ? {} : { seenBy }),
    ...(alert === undefined ? {} : { alert }),
  };
  const outcome = await deps.human.outcome(ready, asked, deps.signal);
  await recorder.note({ kind: 'outcome', scenario: name, ...outcome });
  return { ...ended, outcome: outcome.outcome };
}

async function runUntilReverted(deps: DayDeps, ready: ReadyScenario): Promise<Ended> {
  const stopping = new AbortController();
  let stopped: { end: 'aborted' | 'stopped'; why: string } | undefined;
  const stop: UnderWay['stop'] = (end, why) => {
    stopped ??= { end, why };
    stopping.abort(new Error(why));
  };
  const leave = deps.underWay({ scenario: ready.scenario.name, stop });
  const onAbort = () => stop('stopped', reasonOf(deps.signal));
  deps.signal.addEventListener('abort', onAbort, { once: true });
  if (deps.signal.aborted) onAbort();
  try {
    // A condition that trips from here on ends this scenario, even before the injection.
    await Promise.all([deps.monitor.arm(), deps.alerts?.begin()]);
    const results = stopping.signal.aborted ? [] : await injectAll(deps, ready, stopping.signal);
    return { results, ...(stopped ?? endOf(ready, results)) };
  } finally {
    deps.monitor.disarm();
    deps.alerts?.end();
    deps.signal.removeEventListener('abort', onAbort);
    leave();
  }
}

const reasonOf = ({ reason }: AbortSignal): string => (reason instanceof Error ? reason.message : 'stopped');

function endOf(ready: ReadyScenario, results: readonly RunResult[]): { end: ScenarioEnd; why: string } {
  if (ready.experiments.length === 0) return { end: 'done', why: 'done by hand' };
  const [refusal] = results.flatMap(result => (result.refusal === undefined ? [] : [result.refusal.message]));
  if (refusal !== undefined && results.every(result => result.refusal !== undefined))
    return { end: 'refused', why: refusal };
  const [cut] = results.flatMap(({ interrupted }) => (interrupted === undefined ? [] : [interrupted]));
  if (cut !== undefined) return { end: 'stopped', why: cut };
  const [only, ...more] = results;
  const reason = only?.reasons[0];
  const because = more.length > 0 || reason === undefined ? '' : `: ${reason}`;
  const verdicts = results.map(({ experiment, verdict }) => `${experiment} ${verdict}`);
  return { end: 'done', why: `${verdicts.join(', ')}${because}` };
}

async function injectAll(deps: DayDeps, ready: ReadyScenario, signal: AbortSignal): Promise<RunResult[]> {
  const { name } = ready.scenario;
  if (ready.experiments.length === 0) {
    deps.stage({ at: 'by-hand', scenario: name });
    await deps.human.byHand(ready, signal);
    return [];
  }
  deps.stage({ at: 'running', scenario: name });
  const done = deps.record.scenarios.filter(one => one.name === name).flatMap(doneRuns);
  const before = done.flatMap(({ result }) => result ?? []);
  const remaining = ready.experiments.filter(({ path }) => !done.some(run => run.path === path));
  const one = (loaded: LoadedExperiment, options: Pick<RunOptions, 'emit' | 'signal'>) =>
    run(deps, ready, loaded, options);
  if (ready.scenario.suite !== undefined)
    return [...before, ...(await runScenarioSuite(deps, ready, remaining, one, signal))];
  const results: RunResult[] = [];
  for (const loaded of remaining) results.push((await one(loaded, { emit: () => undefined, signal })).result);
  return [...before, ...results];
}

/** Runs one experiment. The journal records the run before anything is written to the cluster. */
async function run(
  deps: DayDeps,
  { scenario }: ReadyScenario,
  loaded: LoadedExperiment,
  { emit, signal }: Pick<RunOptions, 'emit' | 'signal'>,
): Promise<FinishedRun> {
  const { recorder, engine, stopWaiting } = deps;
  const { name, ttl, soak } = scenario;
  let id = '';
  const onEvent = (event: RunEvent) => {
    id = event.run;
    deps.ran(event, loaded);
    emit(event);
    const noted =
      event.event === 'phase' && event.phase === 'Pending'
        ? recorder.note({
            kind: 'run',
            scenario: name,
            run: event.run,
            experiment: loaded.experiment.metadata.name,
            path: loaded.path,
          })
        : recorder.note({ kind: 'event', scenario: name, event });
    // The recorder reports a failed write, and that ends the day.
    noted.catch(() => undefined);
  };
  const finished = await engine.run(loaded, {
    emit: onEvent,
    onPlanned: async (isTarget, permissions) => {
      deps.runTarget({ run: id, isTarget, permissions });
      await recorder.written();
    },
    stopWaiting,
    ...(signal === undefined ? {} : { signal }),
    ...(ttl === undefined ? {} : { ttlMs: ttl }),
    ...(soak === undefined ? {} : { soakMs: soak }),
  });
  const { result, recordPath } = finished;
  await recorder.note({
    kind: 'result',
    scenario: name,
    run: result.run,
    result,
    ...(recordPath === undefined ? {} : { recordPath }),
  });
  return finished;
}
