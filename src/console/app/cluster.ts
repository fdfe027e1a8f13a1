import { createDispatch, type Dispatch } from '../keymap/dispatch.ts';
import { createCatalogue } from '../screens/experiments/catalogue.ts';
import { createFaultsLooking } from '../screens/faults/looking.ts';
import { createFixing } from '../screens/fix/fixing.ts';
import { createFleetWatching } from '../screens/fleet/watching.ts';
import { createLeading } from '../screens/gameday/leading.ts';
import { createBrowsing } from '../screens/health/browsing.ts';
import { createInjecting } from '../screens/inject/injecting.ts';
import { createEmergency } from '../screens/mayday/emergency.ts';
import { createObjectLooking } from '../screens/object/looking.ts';
import { createReporting } from '../screens/reports/reporting.ts';
import { createSaving } from '../screens/save/saving.ts';
import type { Parts } from '../screens/screen.ts';
import { createSuiteRunning } from '../screens/suite/running.ts';
import { createTriaging } from '../screens/triage/looking.ts';
import type { ConsoleStore } from '../store/state.ts';
import { createTour } from '../tour/tour.ts';
import { connectAll, type Refused } from './connect.ts';
import type { Context } from './context.ts';
import { createKeeping, type LendTerminal } from './keep.ts';
import { createKubeconfigWatch } from './kubeconfig-change.ts';
import { createRuns, type Runs } from './runs.ts';

/** One cluster of the console, with its own state and session, which ends on its own. */
export interface Cluster {
  /** The context it was opened by; undefined where the command line and the kubeconfig decide. */
  readonly asked: string | undefined;
  readonly store: ConsoleStore;
  readonly context: Context;
  readonly runs: Runs;
  readonly dispatch: Dispatch;
  /** Connects, and follows the cluster until it is closed. Resolves with the reason if no cluster can be determined. */
  begin(): Promise<Refused | undefined>;
  /** Stops following and closes the connection, or gives up connecting. This reverts nothing. */
  close(): Promise<void>;
}

/** What the clusters of one console share. */
export type Shared = Pick<Parts, 'quit' | 'suspend' | 'repaint' | 'clusters'> &
  Pick<Context, 'deps' | 'copy'> & { lend: LendTerminal };

/** Makes the state and the parts of one cluster. No request is sent before `begin`. */
export function createCluster(shared: Shared, store: ConsoleStore, asked: string | undefined): Cluster {
  const { deps, copy, lend, ...parts } = shared;
  const ended = new AbortController();
  const context: Context = {
    deps,
    store,
    session: undefined,
    ended: ended.signal,
    copy,
    now: () => ({ monotonic: deps.clock.monotonic(), server: context.session?.serverNow() ?? deps.clock.now() }),
  };
  const runs = createRuns(context);
  const leading = createLeading(context, runs, () => void emergency.recountLeftovers());
  const triaging = createTriaging(context);
  const emergency = createEmergency(context, runs, () => {
    context.lookAgain?.();
    triaging.lookAfterWrite();
  });
  const catalogue = createCatalogue(context);
  const kubeconfig = createKubeconfigWatch(context);
  const tour = createTour(context);
  const dispatch = createDispatch({
    ...parts,
    context,
    catalogue,
    emergency,
    runs,
    triaging,
    kubeconfig,
    keeping: createKeeping(context, lend),
    objects: createObjectLooking(context),
    fixing: createFixing(context, triaging.lookAfterWrite),
    browsing: createBrowsing(context),
    fleet: createFleetWatching(context),
    faultsLooking: createFaultsLooking(context),
    injecting: createInjecting(context, catalogue),
    saving: createSaving(context),
    reporting: createReporting(context),
    leading,
    suites: createSuiteRunning(context, runs),
    tour,
  });
  return {
    asked,
    store,
    context,
    runs,
    dispatch,
    async begin() {
      const refused = await connectAll(context, { catalogue, emergency, triaging, kubeconfig }, asked);
      const { gameDay } = deps.settings;
      if (refused === undefined && asked === undefined && gameDay !== undefined) leading.begin(gameDay);
      if (refused === undefined && deps.settings.isTour === true) tour.begin();
      return refused;
    },
    async close() {
      ended.abort();
      await context.session?.close().catch(() => undefined);
    },
  };
}
