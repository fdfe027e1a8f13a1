import { longestLeftMs, type Timing } from '../suite/longest.ts';
import { type SuiteEntry, shareReach } from '../suite/order.ts';

/**
 * Divides the runs of a suite into queues that cannot disturb each other, one pod for each. Runs of the same operator, of the same namespace, or of the whole
 * cluster stay together, in the suite's own order.
 */
export function queuesOf(entries: readonly SuiteEntry[]): SuiteEntry[][] {
  let queues: SuiteEntry[][] = [];
  for (const entry of entries) {
    const near = queues.filter(queue => queue.some(other => shareReach(other.reach, entry.reach)));
    const joined = [...near.flat(), entry].sort((a, b) => entries.indexOf(a) - entries.indexOf(b));
    queues = [...queues.filter(queue => !near.includes(queue)), joined];
  }
  return queues.sort((a, b) => entries.indexOf(a[0] as SuiteEntry) - entries.indexOf(b[0] as SuiteEntry));
}

/** The operators of a queue, for display. */
export const operatorsOf = (queue: readonly SuiteEntry[]): string[] => [
  ...new Set(queue.map(({ reach }) => reach.operator)),
];

/** How many pods run at once, and how many runs in each, so that at most `parallel` runs go on in parallel. */
export function sideBySide(queues: readonly unknown[], parallel: number): { pods: number; inEach: number } {
  const pods = Math.max(1, Math.min(queues.length, parallel));
  return { pods, inEach: Math.max(1, Math.floor(parallel / pods)) };
}

/** The longest time that all queues can take, milliseconds, if every run takes its longest and the pods start in the order of their numbers. */
export function longestOfQueuesMs(
  queues: readonly (readonly SuiteEntry[])[],
  { pods, inEach }: { pods: number; inEach: number },
  timing: Timing,
): number {
  const busyUntil = Array.from({ length: pods }, () => 0);
  for (const queue of queues) {
    const first = busyUntil.indexOf(Math.min(...busyUntil));
    busyUntil[first] = (busyUntil[first] ?? 0) + longestLeftMs(queue, [], inEach, timing);
  }
  return Math.max(...busyUntil);
}
