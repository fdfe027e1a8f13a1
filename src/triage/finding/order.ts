import { isChaos } from './chaos-causes.ts';
import type { Finding, Severity } from './finding.ts';

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'warn', 'info'];

/** What findings are sorted by. */
export interface Ranked {
  finding: Finding;
  /** How many findings follow from it. */
  follows: number;
}

/**
 * The order in which to look at findings: injections, then the most severe, then those with the most followers, then
 * those that name no other object as a possible cause, then the oldest. The remaining criteria only make the order
 * stable.
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

/** The text that identifies a finding. */
export const idText = ({ rule, object, summary }: Finding): string =>
  [rule, object.kind, object.namespace ?? '', object.name, summary].join('\n');
