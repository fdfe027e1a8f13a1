import { loadavg } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

const STEPS = 50_000_000;

/** Milliseconds for a plain loop: 30 to 60 on a current laptop with nothing else to do. Figures of another machine, or another hour, are to be read beside it. */
function loopMs(): number {
  const began = performance.now();
  let sum = 0;
  for (let step = 0; step < STEPS; step += 1) sum = (sum + step) | 0;
  const ms = performance.now() - began;
  return sum === Number.MIN_SAFE_INTEGER ? 0 : ms;
}

/** How fast this machine is at the moment, in one line. */
export function machineLine(): string {
  const loops = [loopMs(), loopMs(), loopMs()].sort((a, b) => a - b);
  return `this machine now: a plain loop of 50 million steps in ${loops[1]?.toFixed(0)} ms, load ${loadavg()[0]?.toFixed(1)}`;
}

/** How late timers of a process come that does nothing else, until it is asked: p50 and p99 in milliseconds. */
export function idleTimers(): () => { p50: number; p99: number } {
  const delays = monitorEventLoopDelay({ resolution: 10 });
  delays.enable();
  return () => {
    delays.disable();
    return { p50: delays.percentile(50) / 1e6 - 10, p99: delays.percentile(99) / 1e6 - 10 };
  };
}
