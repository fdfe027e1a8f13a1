import { isChaos } from './chaos-causes.ts';
import type { Finding, Severity } from './finding.ts';

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'warn', 'info'];

/** What an order of findings looks at. */
export interface Ranked {
  finding: Finding;
  /** How many findings follow from it. */
  follows: number;
}

/**
 * What to look at first: injections, then the worst, then what most follows from, then what suspects no other object, then the oldest.
 * The rest only makes the order the same each time.
 */
export function byImportance(a: Ranked, b: Ranked): number {
  return (
    Number(isChaos(b.finding)) - Number(isChaos(a.finding)) ||
    rank(a.finding.severity) - rank(b.finding.severity) ||
    b.follows - a.follows ||
    Number(a.finding.because.length > 0) - Number(b.finding.because.length > 0) ||
    sinceOf(a.finding) - sinceOf(b.finding) ||
    compare(idText(a.finding), idText(b.finding))
  );
}

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** The worse of two severities. */
export const worse = (a: Severity, b: Severity): Severity => (rank(a) <= rank(b) ? a : b);

const sinceOf = ({ since }: Finding): number => since?.at ?? Number.MAX_SAFE_INTEGER;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What tells findings apart, in words. */
export const idText = ({ rule, object, summary }: Finding): string =>
  [rule, object.kind, object.namespace ?? '', object.name, summary].join('\n');
