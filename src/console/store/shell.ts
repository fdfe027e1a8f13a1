import type { KnownContext } from '../../kube/connection/contexts.ts';
import type { Clean } from '../../text/sanitise.ts';

/** Runs of this console in a cluster that is not on the screen. */
export interface OtherCluster {
  context: Clean;
  /** Faults of ours that are in that cluster. */
  live: number;
  /** Runs without a verdict. */
  underWay: number;
  /** Objects that ended runs could not restore. */
  residue: number;
  /** The guardian ends them at their TTL if this console dies. */
  isGuarded: boolean;
}

/** What is shown in addition to the cluster on the screen, and stays when another cluster is shown. */
export interface ShellView {
  /** The contexts of the kubeconfig, as they were last read. */
  contexts: readonly KnownContext[];
  otherClusters: readonly OtherCluster[];
  /** The context that `esc` goes back to while the one on the screen has not answered. */
  before: Clean | undefined;
  /** The name of the theme. */
  theme: string;
  /** Clicks select and the wheel scrolls. */
  isMouseOn: boolean;
}

export const NO_SHELL: ShellView = {
  contexts: [],
  otherClusters: [],
  before: undefined,
  theme: 'terminal',
  isMouseOn: false,
};
