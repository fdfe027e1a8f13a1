import type { Clock } from '../host/clock.ts';

/** A sleep that ends early, for everybody who waits, when something happens. */
export interface WakeUp {
  sleep(ms: number): Promise<void>;
  wake(): void;
}

export function createWakeUp(clock: Clock): WakeUp {
  let silence = new AbortController();
  return {
    sleep: ms => clock.sleep(ms, silence.signal).catch(() => undefined),
    wake() {
      const old = silence;
      silence = new AbortController();
      old.abort();
    },
  };
}
