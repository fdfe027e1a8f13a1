import type { SuiteEnd, SuitePlan, SuiteRunOrder } from '../../console/session/suite.ts';
import { dangerOf } from '../../experiment/danger.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Api } from '../../kube/client/api.ts';
import { engineFor, guardFor, locksFor } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { newSuiteId, runSuiteHere } from '../../runtime/suites.ts';
import { SUITE_DEFAULTS } from '../../suite/defaults.ts';
import { longestLeftMs } from '../../suite/longest.ts';
import { suiteEntries } from '../../suite/order.ts';
import { CommandFailure } from '../failure.ts';
import { asConsoleRuns } from './runs.ts';

/** The order in which a suite would run, without running it. */
export function planSuite(all: readonly LoadedExperiment[]): SuitePlan {
  const entries = suiteEntries(all);
  return {
    entries: entries.map(({ key, loaded: { experiment } }) => ({
      key,
      operator: experiment.spec.target.operator,
      type: experiment.spec.injection.type,
      tier: experiment.spec.tier,
      danger: dangerOf(experiment),
    })),
    longestMs: longestLeftMs(entries, [], SUITE_DEFAULTS.parallel, SUITE_DEFAULTS),
    parallel: SUITE_DEFAULTS.parallel,
  };
}

/** Runs a suite for the console: as `mayday suite` does, with its journal. */
export async function runConsoleSuite(runtime: Runtime, api: Api, order: SuiteRunOrder): Promise<SuiteEnd> {
  if (runtime.options.readOnly || runtime.config.readOnly)
    throw new CommandFailure('read-only: a suite injects, nothing was begun');
  const locks = locksFor(runtime, api);
  const engine = engineFor(runtime, api, { guard: guardFor(runtime, api), locks });
  const { suite, exitCode, says, notRun, done } = await runSuiteHere(
    { runtime, api, engine: { ...engine, run: asConsoleRuns(engine, order.run) }, locks },
    {
      suite: newSuiteId(runtime),
      entries: suiteEntries(order.all),
      settings: SUITE_DEFAULTS,
      emit: order.onEvent,
      signal: order.signal,
    },
  );
  const isWhole = notRun.size === 0 && ![...done.values()].some(({ interrupted }) => interrupted !== undefined);
  return { suite, exitCode, says, isWhole };
}
