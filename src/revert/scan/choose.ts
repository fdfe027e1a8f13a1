import type { FaultType } from '../../faults/types.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { type ClusterExperiment, isUnstopped } from '../stop/cluster-experiment.ts';

/** Selects found injections; every given member must match. */
export interface Choice {
  type?: FaultType;
  experiment?: string;
  /** Milliseconds. */
  olderThanMs?: number;
}

export interface Chosen {
  findings: FoundInjection[];
  /** Left out although they may match: their experiment or age is not recorded. */
  undetermined: FoundInjection[];
}

/**
 * The found injections that the choice selects. `now` is server time, milliseconds since the epoch. An injection
 * without a recorded age or experiment is never selected by it, and is returned separately.
 */
export function choose(findings: readonly FoundInjection[], choice: Choice, now: number): Chosen {
  const fit = findings.filter(finding => choice.type === undefined || finding.type === choice.type);
  const verdicts = fit.map(finding => [finding, isMeant(finding, choice, now)] as const);
  return {
    findings: verdicts.flatMap(([finding, meant]) => (meant === true ? [finding] : [])),
    undetermined: verdicts.flatMap(([finding, meant]) => (meant === 'undetermined' ? [finding] : [])),
  };
}

/**
 * The selected experiments of the framework: those that are not over and match; a choice by age selects only those that
 * have injected.
 */
export function chooseExperiments(
  experiments: readonly ClusterExperiment[],
  { type, experiment, olderThanMs }: Choice,
  now: number,
): ClusterExperiment[] {
  return experiments
    .filter(isUnstopped)
    .filter(one => type === undefined || one.type === type)
    .filter(one => experiment === undefined || one.object.name === experiment)
    .filter(
      ({ injectedAt }) => olderThanMs === undefined || (injectedAt !== undefined && now - injectedAt >= olderThanMs),
    );
}

/** Whether the choice has any condition; without one it selects everything. */
export const isChoosing = (choice: Choice): boolean => Object.values(choice).some(value => value !== undefined);

function isMeant(finding: FoundInjection, { experiment, olderThanMs }: Choice, now: number): boolean | 'undetermined' {
  const facts = [isOfExperiment(finding, experiment), isOlder(finding, olderThanMs, now)];
  if (facts.includes(false)) return false;
  return facts.includes('undetermined') ? 'undetermined' : true;
}

function isOfExperiment(finding: FoundInjection, wanted: string | undefined): boolean | 'undetermined' {
  if (wanted === undefined) return true;
  return finding.experiment === undefined ? 'undetermined' : finding.experiment === wanted;
}

function isOlder(
  { injectedAt }: FoundInjection,
  olderThanMs: number | undefined,
  now: number,
): boolean | 'undetermined' {
  if (olderThanMs === undefined) return true;
  return injectedAt === undefined ? 'undetermined' : now - injectedAt >= olderThanMs;
}
