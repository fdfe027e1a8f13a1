import { type Clean, sanitise } from '../../text/sanitise.ts';
import type { ConsoleDeps } from '../deps.ts';
import { revertingIn } from '../screens/fleet/view.ts';
import { ownLive, ownUnderWay } from '../store/select.ts';
import { NO_SHELL, type OtherCluster, type ShellView } from '../store/shell.ts';
import { type ConsoleState, type ConsoleStore, createConsoleStore } from '../store/state.ts';
import { type Cluster, createCluster, type Shared } from './cluster.ts';
import type { Refused } from './connect.ts';
import { notify } from './context.ts';

/** The clusters of one console: one is on the screen; others stay while runs of this console are in them. */
export interface Clusters {
  /** Connects the first one; the first frame goes before it. */
  begin(): void;
  current(): Cluster;
  all(): readonly Cluster[];
  /** Shows this context of the kubeconfig, connecting to it if necessary; returns the reason if that is impossible. */
  open(context: string): void;
  /** Back to the previous cluster, while the one on the screen has not answered; false if there is none. */
  back(): boolean;
  /** Reads the contexts of the kubeconfig anew, for the palette. */
  learn(): Promise<void>;
  /** Changes what all clusters share on the screen. */
  updateShell(changes: Partial<Pick<ShellView, 'contexts' | 'theme' | 'isMouseOn'>>): void;
  /** Closes every connection. */
  close(): Promise<void>;
}

interface ClustersDeps {
  deps: ConsoleDeps;
  shared(clusters: Clusters): Shared;
  /** Another cluster is on the screen. */
  shown(cluster: Cluster): void;
  /** What all clusters share has changed. */
  told(shell: ShellView, before: ShellView): void;
  /** The first cluster cannot be had. */
  failed(refused: Refused): void;
  crash(error: unknown): void;
}

/** The name a cluster is shown by. */
export const nameOfCluster = ({ store, asked }: Cluster): Clean => {
  const { link } = store.getState();
  return sanitise(link.state === 'connected' ? link.context : (asked ?? ''));
};

const isHeard = ({ store }: Cluster): boolean => store.getState().health.heardAt !== undefined;

/** What a cluster that is not on the screen keeps it open for; undefined where nothing does. */
function otherClusterOf(cluster: Cluster): OtherCluster | undefined {
  const state = cluster.store.getState();
  const underWay = ownUnderWay(state);
  const residue = state.runs.reduce((sum, run) => sum + (run.endedAt === undefined ? 0 : (run.residue ?? 0)), 0);
  if (underWay.length + residue === 0) return undefined;
  const isGuarded = underWay.every(run => run.isGuarded);
  return {
    context: nameOfCluster(cluster),
    live: ownLive(state).length,
    underWay: underWay.length,
    residue,
    isGuarded,
  };
}

/** What becomes of the faults that are left in a cluster that is not on the screen. */
const fate = ({ live, isGuarded }: OtherCluster): string =>
  live === 0 ? '' : isGuarded ? ': this console and its guardian end them' : ': this console ends them';

/** What became of the runs in a cluster that is not on the screen. */
function endText(cluster: Cluster, left: number): string {
  const { runs } = cluster.store.getState();
  const words = runs.map(({ experiment, verdict }) => `${experiment} ${verdict ?? 'without a verdict'}`).join(', ');
  const rest = left > 0 ? `${left} not restored there: open it and press !` : 'nothing left behind';
  return `${nameOfCluster(cluster)}: ${words}; ${rest}`;
}

/** Why this cluster cannot be left now. */
function busy(state: ConsoleState): string | undefined {
  const { phase } = state.mayday;
  if (phase === 'reverting' || phase === 'aborting') return 'a revert is under way here: wait until it is done';
  if (state.fix.phase === 'doing') return 'a fix is being written here: wait until it is done';
  const elsewhere = revertingIn(state);
  if (elsewhere.length > 0) return `a revert is under way in ${elsewhere.join(', ')}: wait until it is done`;
  return state.quitting === 'no' ? undefined : 'mayday is quitting';
}

/** The clusters of a console that begins with the one of its command line. */
export function createClusters(given: ClustersDeps, size: () => { columns: number; rows: number }): Clusters {
  const { deps } = given;
  let shell: ShellView = { ...NO_SHELL, theme: deps.settings.theme ?? NO_SHELL.theme };
  /** The previous cluster stays open until the one on the screen has answered. */
  let before: Cluster | undefined;
  const all: Cluster[] = [];
  /** Of these it is told how their runs ended. */
  const busyWhenLeft = new Set<Cluster>();

  const clusters: Clusters = {
    current: () => current,
    all: () => all,
    open: openContext,
    back() {
      if (before === undefined || isHeard(current)) return false;
      goBack();
      return true;
    },
    async learn() {
      const known = await deps.contexts?.().catch(() => undefined);
      if (known?.ok) updateShell({ contexts: known.contexts });
    },
    updateShell: updateShell,
    begin: () => void begin(current),
    async close() {
      await Promise.all(all.map(cluster => cluster.close()));
    },
  };
  const shared = given.shared(clusters);
  let current = make(undefined);

  function make(asked: string | undefined): Cluster {
    const settings = asked === undefined ? deps.settings : { ...deps.settings, context: asked };
    const store: ConsoleStore = createConsoleStore(settings, size());
    store.setState({ shell });
    const cluster = createCluster(shared, store, asked);
    all.push(cluster);
    store.subscribe((now, then) => {
      if (now.runs !== then.runs) updateShell({});
      if (now.health.heardAt !== undefined && then.health.heardAt === undefined) answered(cluster);
    });
    return cluster;
  }

  async function begin(cluster: Cluster): Promise<void> {
    const refused = await cluster.begin().catch(given.crash);
    if (!refused) return;
    if (cluster !== current || before === undefined) {
      if (all.length > 1) return drop(cluster);
      return given.failed(refused);
    }
    goBack();
    notify(current.context, `context ${nameOfCluster(cluster)} cannot be opened: ${refused.message}`, 'bad', 20_000);
  }

  function updateShell(changes: Partial<ShellView>): void {
    const elsewhere = all.flatMap(cluster => (cluster === current ? [] : (otherClusterOf(cluster) ?? [])));
    const was = shell;
    shell = { ...shell, before: before && nameOfCluster(before), ...changes, otherClusters: elsewhere };
    current.store.setState({ shell });
    given.told(shell, was);
  }

  function show(next: Cluster): void {
    if (ownUnderWay(current.store.getState()).length > 0) busyWhenLeft.add(current);
    busyWhenLeft.delete(next);
    current.store.setState({ armed: undefined });
    current = next;
    next.store.setState(size());
    updateShell({});
    given.shown(next);
  }

  function goBack(): void {
    const [from, to] = [current, before];
    if (to === undefined) return;
    before = undefined;
    show(to);
    leave(from);
  }

  /** The cluster on the screen has answered: the way back is not needed any more. */
  function answered(cluster: Cluster): void {
    if (cluster !== current || before === undefined) return;
    const left = before;
    before = undefined;
    leave(left);
    updateShell({});
    const said = otherClusterOf(left);
    if (said) notify(cluster.context, `runs of this console go on in ${said.context}${fate(said)}`, 'warn', 12_000);
  }

  /** Closes a cluster that is not on the screen, once the runs of ours that are in it are over and written down. */
  function leave(cluster: Cluster): void {
    void cluster.runs.settled().then(() => {
      if (cluster === current || cluster === before || !all.includes(cluster)) return;
      const left = otherClusterOf(cluster)?.residue ?? 0;
      if (busyWhenLeft.has(cluster)) notify(current.context, endText(cluster, left), left > 0 ? 'bad' : 'ok', 30_000);
      if (left === 0) drop(cluster);
      updateShell({});
    });
  }

  function drop(cluster: Cluster): void {
    const at = all.indexOf(cluster);
    if (at >= 0) all.splice(at, 1);
    void cluster.close();
  }

  /** Why this context cannot be opened now. */
  function refusal(wanted: Clean): string | undefined {
    if (deps.contexts === undefined) return 'this console has the sandbox alone: start mayday without --sandbox';
    const state = current.store.getState();
    const why = busy(state);
    if (why !== undefined || nameOfCluster(current) !== wanted) return why;
    if (state.kubeconfigChange === '') return `this is ${wanted} already`;
    return (
      otherClusterOf(current) && `runs of this console are in ${wanted}: they end by the connection that they have`
    );
  }

  function openContext(name: string): void {
    const from = current;
    const wanted = sanitise(name);
    const why = refusal(wanted);
    if (why !== undefined) {
      notify(from.context, why, 'warn');
      return;
    }
    const known = all.find(cluster => cluster !== from && nameOfCluster(cluster) === wanted);
    // A cluster that has not answered is given up for the one that is wanted now; the last one that did answer stays
    // the way back.
    const isGivenUp = before !== undefined && !isHeard(from);
    if (!isGivenUp) before = from;
    if (known === before) before = undefined;
    const next = known ?? make(name);
    show(next);
    if (isGivenUp) leave(from);
    if (known === undefined) void begin(next);
    else if (isHeard(known)) answered(known);
  }

  return clusters;
}
