import type { Clock } from '../../host/clock.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Api } from '../../kube/client/api.ts';
import type { Blind } from '../blind.ts';
import type { ClusterExperiment } from '../stop/cluster-experiment.ts';
import type { FaultOf } from './classify.ts';
import type { Decisions } from './decisions.ts';

export type ScanEvent =
  | { event: 'finding'; finding: FoundInjection }
  | { event: 'blind'; blind: Blind }
  | { event: 'progress'; done: number; of: number };

export interface ScanOptions {
  /** Read the metadata of every object, not only of those that have the label or a known name. */
  deep?: boolean;
  /** Only this namespace; cluster-scoped objects are then left out. */
  namespace?: string;
  emit?: (event: ScanEvent) => void;
  signal?: AbortSignal;
  /**
   * Return a partial result after this long, milliseconds, while slow lists go on: see `rest`. By default, wait for all.
   */
  slowAfterMs?: number;
  /** Titles of resources that were blind a moment ago; they get a short deadline. */
  doubtful?: ReadonlySet<string>;
}

export interface ScanResult {
  injections: FoundInjection[];
  /** The framework's experiments in the cluster, in any state. */
  experiments: ClusterExperiment[];
  blind: Blind[];
  /** Resources that could not be read but that the scan would have ignored anyway. */
  notes: Blind[];
  /** Listable resources that are left out, with the reason. */
  ignored: Blind[];
  /** `read`: how many of the resources could be listed; 0 means that nothing was read at all. */
  scanned: { resources: number; read: number; objects: number; requests: number; ms: number };
  /** Set while lists still go on: `slow` are their resources, each of which is in `blind` too; `rest` is the full result after they ended. Bounded by `LIMITS`. */
  slow?: string[];
  rest?: Promise<ScanResult>;
}

export interface ScanDeps {
  api: Api;
  clock: Clock;
  faultOf: FaultOf;
  /** Keeps the decisions for a revert that follows. */
  decisions?: Decisions;
}
