import { median } from '../bench/statistics.ts';

/** What the console used in one minute, MB. A collection of garbage brings it down, so the least says most. */
export interface Minute {
  least: number;
  most: number;
}

/** So much more than before is no growth, MB: the heap breathes. */
const BREATH_MB = 10;
/** What the start sets off is no growth. */
const WARM_UP = 2;

export interface Course {
  isFlat: boolean;
  /** MB in the middle of the first half and of the second, without the minutes of the start. */
  before: number;
  after: number;
}

/** Whether memory stayed what it was; undefined where there are too few minutes to tell. */
export function courseOf(minutes: readonly Minute[]): Course | undefined {
  const leasts = minutes.slice(WARM_UP).map(({ least }) => least);
  if (leasts.length < 4) return undefined;
  const half = Math.floor(leasts.length / 2);
  const [before, after] = [median(leasts.slice(0, half)), median(leasts.slice(-half))];
  return { isFlat: after - before <= BREATH_MB, before, after };
}
