import { age } from '../text/duration.ts';
import type { Clean } from '../text/sanitise.ts';

/**
 * When something began, in milliseconds of server time. `exact` is false where the cluster does not say when: then it is our first look,
 * or the newest evidence, and the truth may lie before it.
 */
export interface Since {
  at: number;
  exact: boolean;
}

/**
 * How long something has lasted by `now` (server time, milliseconds), for people: `12m`, or `at least 12m` where the cluster does not
 * say when it began and only our first look, or the newest evidence, is known.
 */
export const sinceWords = (since: Since, now: number): string =>
  `${since.exact ? '' : 'at least '}${age(Math.max(0, now - since.at))}`;

/** One thing that is wrong with one object. */
export interface Trouble {
  uid: string;
  namespace?: Clean;
  name: Clean;
  severity: 'fail' | 'warn';
  what: Clean;
  since: Since;
}

/** The worst first, then the oldest: the first failure in time is the likelier cause. */
export function byUrgency(a: Trouble, b: Trouble): number {
  if (a.severity !== b.severity) return a.severity === 'fail' ? -1 : 1;
  return a.since.at - b.since.at || (a.name < b.name ? -1 : 1);
}
