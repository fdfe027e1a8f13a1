import { type Clean, sanitise } from '../../text/sanitise.ts';
import { NO_SHELL, type ShellView } from '../store/shell.ts';
import { type ConsoleStore, createConsoleStore } from '../store/state.ts';
import { type Cluster, createCluster, type Shared } from './cluster.ts';
import { busy, isHeard, nameOfCluster, otherClusterOf } from './cluster-texts.ts';
import { notify } from './context.ts';
import {
  answered,
  type ClustersDeps,
  drop,
  goBack,
  leave,
  type OpenClusters,
  show,
  updateShell,
} from './open-clusters.ts';

/** The clusters of one console: one is on the screen; others stay while runs of this console are in them. */
export interface Clusters {
  /** Connects to the first cluster; call it after the first frame. */
  begin(): void;
  current(): Cluster;
  all(): readonly Cluster[];
  /** Shows this context of the kubeconfig, connecting to it if necessary; returns the reason if that is impossible. */
  open(context: string): void;
  /** Back to the previous cluster, while the one on the screen has not answered; false if there is none. */
  back(): boolean;
  /** Reads the contexts of the kubeconfig again, for the palette. */
  learn(): Promise<void>;
  /** Changes what all clusters share on the screen. */
  updateShell(changes: Partial<Pick<ShellView, 'contexts' | 'theme' | 'isMouseOn'>>): void;
  /** Closes every connection. */
  close(): Promise<void>;
}

/** Makes the clusters of a console; the first is the one of the command line. */
export function createClusters(
  { shared, ...given }: Omit<ClustersDeps, 'shared'> & { shared(clusters: Clusters): Shared },
  size: () => { columns: number; rows: number },
): Clusters {
  const { deps } = given;
  const clusters: Clusters = {
    current: () => open.current,
    all: () => open.all,
    open: context => openContext(open, context),
    back() {
      if (open.before === undefined || isHeard(open.current)) return false;
      goBack(open);
      return true;
    },
    async learn() {
      const known = await deps.contexts?.().catch(() => undefined);
      if (known?.ok) updateShell(open, { contexts: known.contexts });
    },
    updateShell: changes => updateShell(open, changes),
    begin: () => void begin(open, open.current),
    async close() {
      await Promise.all(open.all.map(cluster => cluster.close()));
    },
  };
  const parts: Omit<OpenClusters, 'current'> & { current?: Cluster } = {
    given: { ...given, shared: shared(clusters) },
    size,
    all: [],
    busyWhenLeft: new Set(),
    shell: { ...NO_SHELL, theme: deps.settings.theme ?? NO_SHELL.theme },
    before: undefined,
  };
  // The first cluster is the current one as soon as it is made.
  const open = parts as OpenClusters;
  open.current = make(open, undefined);
  return clusters;
}

function make(open: OpenClusters, asked: string | undefined): Cluster {
  const settings = asked === undefined ? open.given.deps.settings : { ...open.given.deps.settings, context: asked };
  const store: ConsoleStore = createConsoleStore(settings, open.size());
  store.setState({ shell: open.shell });
  const cluster = createCluster(open.given.shared, store, asked);
  open.all.push(cluster);
  store.subscribe((now, then) => {
    if (now.runs !== then.runs) updateShell(open, {});
    if (now.health.lastReceivedAt !== undefined && then.health.lastReceivedAt === undefined) answered(open, cluster);
  });
  return cluster;
}

async function begin(open: OpenClusters, cluster: Cluster): Promise<void> {
  const refused = await cluster.begin().catch(open.given.crash);
  if (!refused) return;
  if (cluster !== open.current || open.before === undefined) {
    if (open.all.length > 1) return drop(open, cluster);
    return open.given.failed(refused);
  }
  goBack(open);
  notify(open.current.context, `context ${nameOfCluster(cluster)} cannot be opened: ${refused.message}`, 'bad', 20_000);
}

/** Why this context cannot be opened now. */
function refusal(open: OpenClusters, wanted: Clean): string | undefined {
  if (open.given.deps.contexts === undefined)
    return 'this console has only the sandbox: start mayday without --sandbox';
  const state = open.current.store.getState();
  const why = busy(state);
  if (why !== undefined || nameOfCluster(open.current) !== wanted) return why;
  if (state.kubeconfigChange === '') return `this is ${wanted} already`;
  return (
    otherClusterOf(open.current) &&
    `runs of this console are in ${wanted}: they keep their present connection until they end`
  );
}

function openContext(open: OpenClusters, name: string): void {
  const from = open.current;
  const wanted = sanitise(name);
  const why = refusal(open, wanted);
  if (why !== undefined) {
    notify(from.context, why, 'warn');
    return;
  }
  const known = open.all.find(cluster => cluster !== from && nameOfCluster(cluster) === wanted);
  // A cluster that has not answered is given up for the one that is wanted now; the last one that did answer stays
  // the way back.
  const isGivenUp = open.before !== undefined && !isHeard(from);
  if (!isGivenUp) open.before = from;
  if (known === open.before) open.before = undefined;
  const next = known ?? make(open, name);
  show(open, next);
  if (isGivenUp) leave(open, from);
  if (known === undefined) void begin(open, next);
  else if (isHeard(known)) answered(open, known);
}
