import type { FaultType } from '../../faults/types.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { type ClusterExperiment, isUnstopped } from '../stop/cluster-experiment.ts';

/** Which findings are meant; everything that is given must hold. */
export interface Choice {
  type?: FaultType;
  experiment?: string;
  /** Milliseconds. */
  olderThanMs?: number;
}

export interface Chosen {
  findings: FoundInjection[];
  /** Left out although they may be wanted: nothing on them says which experiment they belong to, or how old they are. */
  untold: FoundInjection[];
}

/**
 * The findings that the choice selects. `now` is server time, milliseconds since the epoch. A finding without an age or
 * an experiment is never selected by it, and is reported separately.
 */
export function choose(findings: readonly FoundInjection[], choice: Choice, now: number): Chosen {
  const fit = findings.filter(finding => choice.type === undefined || finding.type === choice.type);
  const verdicts = fit.map(finding => [finding, isMeant(finding, choice, now)] as const);
  return {
    findings: verdicts.flatMap(([finding, meant]) => (meant === true ? [finding] : [])),
    untold: verdicts.flatMap(([finding, meant]) => (meant === 'untold' ? [finding] : [])),
  };
}

/**
 * Which of the framework's experiments are selected: those that are not over and match; a choice by age takes only
 * those that have injected.
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

/** Whether anything is chosen at all, rather than everything meant. */
export const isChoosing = (choice: Choice): boolean => Object.values(choice).some(value => value !== undefined);

function isMeant(finding: FoundInjection, { experiment, olderThanMs }: Choice, now: number): boolean | 'untold' {
  const facts = [isOfExperiment(finding, experiment), isOlder(finding, olderThanMs, now)];
  if (facts.includes(false)) return false;
  return facts.includes('untold') ? 'untold' : true;
}

function isOfExperiment(finding: FoundInjection, wanted: string | undefined): boolean | 'untold' {
  if (wanted === undefined) return true;
  return finding.experiment === undefined ? 'untold' : finding.experiment === wanted;
}

function isOlder({ injectedAt }: FoundInjection, olderThanMs: number | undefined, now: number): boolean | 'untold' {
  if (olderThanMs === undefined) return true;
  return injectedAt === undefined ? 'untold' : now - injectedAt >= olderThanMs;
}
