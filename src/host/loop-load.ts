import { performance } from 'node:perf_hooks';

/** How busy the event loop of this process is. */
export interface LoopLoad {
  /** The busy share of the last moments, from 0 to 1, and the number of this measurement. */
  recent(): { share: number; measurement: number };
}

/** The shortest time of a measurement, milliseconds; over shorter times the share means little. */
const SHORTEST_MS = 20;

const ofThisProcess = (): { idle: number; active: number } => performance.eventLoopUtilization();

/** Measures from the times, in milliseconds, that the thread was idle and active so far. Busy until known. */
export function createLoopLoad(read: () => { idle: number; active: number } = ofThisProcess): LoopLoad {
  let before = read();
  let last = { share: 1, measurement: 0 };
  return {
    recent() {
      const now = read();
      const active = now.active - before.active;
      const all = active + now.idle - before.idle;
      if (all < SHORTEST_MS) return last;
      before = now;
      last = { share: active / all, measurement: last.measurement + 1 };
      return last;
    },
  };
}
