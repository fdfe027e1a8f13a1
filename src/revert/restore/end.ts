import type { Receipt } from '../../injection/write/receipt.ts';

/** How one try to restore ended. `retry`: another try may do better. `waits`: only once the cluster has finished what it began. */
export type End = Pick<Receipt, 'outcome' | 'verified' | 'notHeld' | 'tier' | 'word' | 'needs' | 'why'> & {
  message: string;
  retry?: boolean;
  waits?: boolean;
  /** What the cluster fills in by itself is not there yet. */
  soon?: boolean;
  /** For how long another attempt makes sense, milliseconds; without it, as long as retrying lasts. */
  retryForMs?: number;
};

export const failed = (message: string, retry = false): End => ({ outcome: 'failed', verified: false, message, retry });

/** The same end with what else a person must know. */
export const noted = (end: End, notes: readonly string[]): End => ({
  ...end,
  message: [end.message, ...notes].join('; '),
});
