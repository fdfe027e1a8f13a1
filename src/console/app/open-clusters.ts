import type { ConsoleDeps } from '../deps.ts';
import { ownUnderWay } from '../store/select.ts';
import type { ShellView } from '../store/shell.ts';
import type { Cluster, Shared } from './cluster.ts';
import { endText, fate, nameOfCluster, otherClusterOf } from './cluster-texts.ts';
import type { Refused } from './connect.ts';
import { notify } from './context.ts';

/** What the clusters of a console are made with. */
export interface ClustersDeps {
  deps: ConsoleDeps;
  readonly shared: Shared;
  /** Another cluster is on the screen. */
  shown(cluster: Cluster): void;
  /** The part of the state that all clusters share has changed. */
  told(shell: ShellView, before: ShellView): void;
  /** It cannot be determined which cluster is the first. */
  failed(refused: Refused): void;
  crash(error: unknown): void;
}

/** The clusters that are open, and which of them is on the screen. */
export interface OpenClusters {
  readonly given: ClustersDeps;
  readonly size: () => { columns: number; rows: number };
  readonly all: Cluster[];
  /** Clusters with runs when they left the screen: the user is told how these runs ended. */
  readonly busyWhenLeft: Set<Cluster>;
  shell: ShellView;
  current: Cluster;
  /** The previous cluster stays open until the one on the screen has answered. */
  before: Cluster | undefined;
}

/** Changes the state that all clusters share, and notifies its subscriber. */
export function updateShell(open: OpenClusters, changes: Partial<ShellView>): void {
  const elsewhere = open.all.flatMap(cluster => (cluster === open.current ? [] : (otherClusterOf(cluster) ?? [])));
  const was = open.shell;
  open.shell = { ...was, before: open.before && nameOfCluster(open.before), ...changes, otherClusters: elsewhere };
  open.current.store.setState({ shell: open.shell });
  open.given.told(open.shell, was);
}

/** Puts another cluster on the screen. */
export function show(open: OpenClusters, next: Cluster): void {
  if (ownUnderWay(open.current.store.getState()).length > 0) open.busyWhenLeft.add(open.current);
  open.busyWhenLeft.delete(next);
  open.current.store.setState({ armed: undefined });
  open.current = next;
  next.store.setState(open.size());
  updateShell(open, {});
  open.given.shown(next);
}

/** Back to the previous cluster; the one on the screen is left. */
export function goBack(open: OpenClusters): void {
  const [from, to] = [open.current, open.before];
  if (to === undefined) return;
  open.before = undefined;
  show(open, to);
  leave(open, from);
}

/** The cluster on the screen has answered: the way back is not needed any more. */
export function answered(open: OpenClusters, cluster: Cluster): void {
  if (cluster !== open.current || open.before === undefined) return;
  const left = open.before;
  open.before = undefined;
  leave(open, left);
  updateShell(open, {});
  const said = otherClusterOf(left);
  if (said) notify(cluster.context, `runs of this console continue in ${said.context}${fate(said)}`, 'warn', 12_000);
}

/** Closes a cluster that is not on the screen, after our runs in it have ended and are recorded. */
export function leave(open: OpenClusters, cluster: Cluster): void {
  void cluster.runs.settled().then(() => {
    if (cluster === open.current || cluster === open.before || !open.all.includes(cluster)) return;
    const left = otherClusterOf(cluster)?.residue ?? 0;
    if (open.busyWhenLeft.has(cluster))
      notify(open.current.context, endText(cluster, left), left > 0 ? 'bad' : 'ok', 30_000);
    if (left === 0) drop(open, cluster);
    updateShell(open, {});
  });
}

/** Closes a cluster for good. */
export function drop(open: OpenClusters, cluster: Cluster): void {
  const at = open.all.indexOf(cluster);
  if (at >= 0) open.all.splice(at, 1);
  void cluster.close();
}
