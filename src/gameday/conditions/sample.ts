import type { ProbeSeen } from '../probes/probe.ts';

/** Whether each thing is well, by its name; undefined where it could not be read. */
export type Wellness = ReadonlyMap<string, boolean> | undefined;

/** One call of the day's own, by the clock that people live in. */
export interface Call {
  ms: number;
  /** Why it failed; a refusal of the cluster's is an answer and no failure. */
  failed?: string;
}

/** Everything that was seen at one moment. The conditions are functions of these and of nothing else. */
export interface Sample {
  /** Milliseconds on the clock that experiments live in; differences are durations. */
  at: number;
  /** The server's time, milliseconds since the epoch. */
  server: number;
  /** `Deployment kserve/x`: whether it serves, in the namespaces of the scope. */
  inside: Wellness;
  /** Nodes, Argo CD applications and Deployments outside of the scope. */
  outside: Wellness;
  probes: readonly ProbeSeen[];
  calls: readonly Call[];
  /** Injections that are not of this day; undefined where this sample did not look. */
  foreign?: readonly string[];
  /** Alerts that began since the scenario was armed and are a real incident; undefined where monitoring was not asked or did not answer. */
  incidents?: readonly string[];
  /** What the reverts of the faults that are in need and we may not do any more; undefined where it was not asked or not answered. */
  mayNotRevert?: readonly string[];
  /** By how much the clocks differ at least; undefined where the server told no time. */
  skewMs?: number;
  /** Our own faults that are still in, with the moment they should be out by the server's time. */
  faults: readonly { name: string; dueAt: number }[];
}

/** Since when a test holds without a break, on the clock of the samples; undefined where it does not hold now. What was not read changes nothing. */
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

/** Names that were well before and are not now. Nothing is claimed of what was not read. */
export const unwellNow = (before: Wellness, now: Wellness, isLeftOut: (name: string) => boolean): string[] =>
  before === undefined || now === undefined
    ? []
    : [...before].filter(([name, was]) => was && now.get(name) !== true && !isLeftOut(name)).map(([name]) => name);
