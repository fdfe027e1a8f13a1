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
  /** Look at the metadata of everything, not only at what is labelled or known by name. */
  deep?: boolean;
  /** Only this namespace; cluster-scoped objects are then left out. */
  namespace?: string;
  emit?: (event: ScanEvent) => void;
  signal?: AbortSignal;
  /**
   * Return what is known after this long, milliseconds, while slow lists go on: see `rest`. Without it, everything at
   * once.
   */
  slowAfterMs?: number;
  /** Resources that were blind a moment ago, by title: they are asked again, and given little time. */
  doubtful?: ReadonlySet<string>;
}

export interface ScanResult {
  injections: FoundInjection[];
  /** The orders to inject that the framework's controller carries out, whatever became of them. */
  experiments: ClusterExperiment[];
  blind: Blind[];
  /** What could not be read and would not have been looked into: nothing is missed by it. */
  notes: Blind[];
  /** Listable resources that are left out, with the reason. */
  ignored: Blind[];
  /** `read`: of the resources, how many could be listed; 0 means that nothing was seen at all. */
  scanned: { resources: number; read: number; objects: number; requests: number; ms: number };
  /** Only while lists are still going on: the resources they are of, each of which is in `blind` too; and everything, once they have ended. Bounded by `LIMITS`. */
  slow?: string[];
  rest?: Promise<ScanResult>;
}

export interface ScanDeps {
  api: Api;
  clock: Clock;
  faultOf: FaultOf;
  /** Keeps what is decided, for a revert that follows. */
  decisions?: Decisions;
}
