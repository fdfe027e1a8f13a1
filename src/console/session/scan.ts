import type { FoundInjection } from '../../injection/found-injection.ts';
import type { LeftUnmarked } from '../../records/unfinished-lines.ts';
import type { ClusterExperiment } from '../../revert/stop/cluster-experiment.ts';

export type ScanUpdate =
  | { is: 'progress'; done: number; total: number }
  | { is: 'finding'; finding: FoundInjection }
  | { is: 'blind'; resource: string; reason: string };

export type ScanEnd =
  | {
      ok: true;
      findings: readonly FoundInjection[];
      blind: number;
      /** The experiments of the framework's controller that inject, or would. */
      orders?: readonly ClusterExperiment[];
      /** What only the journals of this machine know of, because its marks were taken off. */
      unmarked?: readonly LeftUnmarked[];
    }
  | { ok: false; message: string };
