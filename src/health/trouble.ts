import { age } from '../text/duration.ts';
import type { Clean } from '../text/sanitise.ts';

/**
 * When something began, in milliseconds of server time. `exact` is false when the cluster has no time for it: then it
 * is the time of our first look or of the newest evidence, and it may have begun earlier.
 */
export interface Since {
  at: number;
  exact: boolean;
}

/**
 * How long something has lasted by `now` (server time, milliseconds), for people: `12m`, or `at least 12m` when
 * `exact` is false.
 */
export const lastedText = (since: Since, now: number): string =>
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
