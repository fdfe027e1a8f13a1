/** Time as it is passed in everywhere, so that tests own it. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch, of this machine. */
  now(): number;
  /** Milliseconds that only ever grow; differences are durations. */
  monotonic(): number;
  /** Resolves after `ms`, or rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
