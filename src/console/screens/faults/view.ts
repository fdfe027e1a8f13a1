import type { FoundInjection } from '../../../injection/found-injection.ts';
import type { ClusterExperiment } from '../../../revert/stop/cluster-experiment.ts';
import type { Unfinished } from '../../session/run.ts';

/** What the last scan of the whole cluster found. */
export interface FaultsLook {
  phase: 'none' | 'looking' | 'done' | 'failed';
  message: string;
  /** Server milliseconds of the last whole answer. */
  at: number | undefined;
  found: readonly FoundInjection[];
  /** Experiments of the framework's controller that inject, or would. */
  orders: readonly ClusterExperiment[];
  /** Runs of this machine whose process is gone; undefined where its journals could not be read. */
  dead: readonly Unfinished[] | undefined;
  /** Kinds that could not be looked at. */
  blind: number;
}

export const NOT_LOOKED: FaultsLook = {
  phase: 'none',
  message: '',
  at: undefined,
  found: [],
  orders: [],
  dead: [],
  blind: 0,
};
