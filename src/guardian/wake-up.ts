import type { Clock } from '../host/clock.ts';

/** Sleep that ends early for everybody when something happens. */
export interface Bell {
  nap(ms: number): Promise<void>;
  ring(): void;
}

export function createBell(clock: Clock): Bell {
  let silence = new AbortController();
  return {
    nap: ms => clock.sleep(ms, silence.signal).catch(() => undefined),
    ring() {
      const old = silence;
      silence = new AbortController();
      old.abort();
    },
  };
}
