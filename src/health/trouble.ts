import type { Clean } from '../text/sanitise.ts';

/** When something began, in milliseconds of server time. `exact` is false where only our own first sight of it is known. */
export interface Since {
  at: number;
  exact: boolean;
}

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
