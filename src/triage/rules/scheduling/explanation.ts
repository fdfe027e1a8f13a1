import type { FixDraft } from '../../finding/build.ts';
import type { Cause } from '../../finding/finding.ts';

/** Why one constraint excludes every node for a pod, and what to do. */
export interface Explanation {
  summary: string;
  cause: string;
  /** A string is a change of the workload. */
  fixes: (string | FixDraft)[];
  because?: Cause[];
}
