import { type Clean, sanitise } from '../../text/sanitise.ts';
import { revertingIn } from '../screens/fleet/view.ts';
import { ownLive, ownUnderWay } from '../store/select.ts';
import type { OtherCluster } from '../store/shell.ts';
import type { ConsoleState } from '../store/state.ts';
import type { Cluster } from './cluster.ts';

/** The name a cluster is shown by. */
export const nameOfCluster = ({ store, asked }: Cluster): Clean => {
  const { link } = store.getState();
  return sanitise(link.state === 'connected' ? link.context : (asked ?? ''));
};

/** Whether a cluster has answered. */
export const isHeard = ({ store }: Cluster): boolean => store.getState().health.lastReceivedAt !== undefined;

/** What a cluster that is not on the screen keeps it open for; undefined where nothing does. */
export function otherClusterOf(cluster: Cluster): OtherCluster | undefined {
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

/** Says who will revert the faults that are left in a cluster that is not on the screen. */
export const fate = ({ live, isGuarded }: OtherCluster): string =>
  live === 0 ? '' : isGuarded ? ': this console and its guardian revert them' : ': this console reverts them';

/** Says how the runs in a cluster that is not on the screen ended. */
export function endText(cluster: Cluster, left: number): string {
  const { runs } = cluster.store.getState();
  const words = runs.map(({ experiment, verdict }) => `${experiment} ${verdict ?? 'without a verdict'}`).join(', ');
  const rest = left > 0 ? `${left} not restored there: open it and press !` : 'nothing left behind';
  return `${nameOfCluster(cluster)}: ${words}; ${rest}`;
}

/** Why this cluster cannot be left now. */
export function busy(state: ConsoleState): string | undefined {
  const { phase } = state.mayday;
  if (phase === 'reverting' || phase === 'aborting') return 'a revert is under way here: wait until it is done';
  if (state.fix.phase === 'doing') return 'a fix is being written here: wait until it is done';
  const elsewhere = revertingIn(state);
  if (elsewhere.length > 0) return `a revert is under way in ${elsewhere.join(', ')}: wait until it is done`;
  return state.quitting === 'no' ? undefined : 'mayday is quitting';
}
