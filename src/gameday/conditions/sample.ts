import type { ProbeSeen } from '../probes/probe.ts';

/** Whether each object is healthy, by its name; undefined where it could not be read. */
export type HealthByName = ReadonlyMap<string, boolean> | undefined;

/** One API call that the sampler made, timed by wall time. */
export interface Call {
  ms: number;
  /** Why it failed; a request that the cluster refused was answered, so it is not a failure. */
  failed?: string;
}

/** Everything that was read at one moment. The abort conditions depend on samples alone. */
export interface Sample {
  /** Milliseconds on the monotonic clock of experiments: only differences have a meaning. */
  at: number;
  /** The server's time, milliseconds since the epoch. */
  server: number;
  /** `Deployment kserve/x`: whether it serves, in the namespaces of the scope. */
  inside: HealthByName;
  /** The health of nodes, Argo CD applications and Deployments outside the scope. */
  outside: HealthByName;
  probes: readonly ProbeSeen[];
  calls: readonly Call[];
  /** Injections that do not belong to this day; undefined where this sample did not scan. */
  foreign?: readonly string[];
  /** Alerts that began since the scenario was armed and are a real incident; undefined where monitoring was not asked or did not answer. */
  incidents?: readonly string[];
  /** Permissions that the reverts of the present faults need and that are missing now; undefined where they were not asked for or not answered. */
  mayNotRevert?: readonly string[];
  /** The least possible difference between the clocks, milliseconds; undefined where the server gave no time. */
  skewMs?: number;
  /** Our own faults that are still in the cluster, with their deadline by the server's time. */
  faults: readonly { name: string; dueAt: number }[];
}

/** Since when the test has held without a break, on the clock of the samples; undefined where it does not hold now. A sample for which the test gives undefined is ignored. */
export function holdsSince(
  history: readonly Sample[],
  test: (sample: Sample) => boolean | undefined,
): number | undefined {
  let since: number | undefined;
  for (const sample of history.toReversed()) {
    const holds = test(sample);
    if (holds === false) break;
    if (holds) since = sample.at;
  }
  return since;
}

/** Names that were healthy before and are not now. Names that could not be read are not listed. */
export const newlyUnhealthy = (
  before: HealthByName,
  now: HealthByName,
  isLeftOut: (name: string) => boolean,
): string[] =>
  before === undefined || now === undefined
    ? []
    : [...before].filter(([name, was]) => was && now.get(name) !== true && !isLeftOut(name)).map(([name]) => name);
