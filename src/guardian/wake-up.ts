import type { Clock } from '../host/clock.ts';

/** Sleeps that all end early on `wake`. */
export interface WakeUp {
  sleep(ms: number): Promise<void>;
  wake(): void;
}

/** Sleeps on this clock. */
export function createWakeUp(clock: Clock): WakeUp {
  let sleeping = new AbortController();
  return {
    sleep: ms => clock.sleep(ms, sleeping.signal).catch(() => undefined),
    wake() {
      const old = sleeping;
      sleeping = new AbortController();
      old.abort();
    },
  };
}
