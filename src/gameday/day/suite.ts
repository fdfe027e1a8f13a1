import type { FinishedRun } from '../../engine/recorded-run.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import type { RunOptions } from '../../run/deps.ts';
import type { RunResult } from '../../run/verdict/result.ts';
import { SUITE_DEFAULTS } from '../../suite/defaults.ts';
import type { SuiteEvent } from '../../suite/event.ts';
import type { SuiteJournal } from '../../suite/journal.ts';
import { suiteEntries } from '../../suite/order.ts';
import { runSuite } from '../../suite/run-suite.ts';
import type { ReadyScenario } from './agenda.ts';
import type { DayDeps } from './deps.ts';

/** A suite of a day needs no journal of its own: the day's journal records its runs. */
const NO_JOURNAL: SuiteJournal = { append: () => Promise.resolve(), close: () => Promise.resolve() };

/**
 * Runs the experiments of a scenario as a suite: by tier, in parallel where they share nothing, each once its steady state holds. Gives the
 * results of all that were run, however they ended.
 */
export async function runScenarioSuite(
  deps: Pick<DayDeps, 'ready' | 'clock' | 'serverNow' | 'recorder'>,
  { scenario }: ReadyScenario,
  experiments: readonly LoadedExperiment[],
  run: (loaded: LoadedExperiment, options: Omit<RunOptions, 'run'>) => Promise<FinishedRun>,
  signal: AbortSignal,
): Promise<RunResult[]> {
  const { ready, clock, serverNow, recorder } = deps;
  const entries = suiteEntries(experiments);
  const named = new Map(entries.map(({ key, loaded }) => [key, loaded]));
  const results: RunResult[] = [];
  const onEvent = (event: SuiteEvent): void => {
    if (event.event !== 'waiting' && event.event !== 'not-run') return;
    const loaded = named.get(event.key);
    const about = { scenario: scenario.name, experiment: loaded?.experiment.metadata.name ?? event.key };
    // The recorder reports a failed write, and that ends the day.
    recorder.note({ kind: event.event, ...about, path: loaded?.path ?? '', says: event.says }).catch(() => undefined);
  };
  const keep = async (loaded: LoadedExperiment, options: Omit<RunOptions, 'run'>): Promise<FinishedRun> => {
    const finished = await run(loaded, options);
    results.push(finished.result);
    return finished;
  };
  const { soak, parallel, gate } = scenario;
  await runSuite(
    { run: keep, ready, clock, now: serverNow, journal: NO_JOURNAL, emit: onEvent },
    {
      suite: scenario.name,
      entries,
      settings: {
        ...SUITE_DEFAULTS,
        ...(soak === undefined ? {} : { soakMs: soak }),
        ...(parallel === undefined ? {} : { parallel }),
        ...(gate === undefined ? {} : { gateMs: gate }),
      },
      signal,
    },
  );
  return results;
}
