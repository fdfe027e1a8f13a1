/** Growing pauses between attempts, with jitter, so that many clients do not retry at the same moment. */
export interface BackoffPolicy {
  firstMs: number;
  longestMs: number;
}

export interface Backoff {
  /** The next pause in milliseconds: doubles each time up to the longest, between a half and the whole of it. */
  next(): number;
  /** Starts again with the first pause; call it after a success. */
  reset(): void;
}

/** Exponential back-off with jitter; `random` gives numbers in [0, 1). */
export function createBackoff(policy: BackoffPolicy, random: () => number): Backoff {
  let attempt = 0;
  return {
    next() {
      const whole = Math.min(policy.longestMs, policy.firstMs * 2 ** attempt);
      attempt = Math.min(attempt + 1, 30);
      return whole * (0.5 + random() / 2);
    },
    reset() {
      attempt = 0;
    },
  };
}
