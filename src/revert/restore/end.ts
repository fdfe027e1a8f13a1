import type { Receipt } from '../../injection/write/receipt.ts';

/** How one attempt to restore ended. `retry`: another attempt may succeed. `waits`: only after the cluster has finished a deletion. */
export type End = Pick<Receipt, 'outcome' | 'verified' | 'notHeld' | 'tier' | 'word' | 'needs' | 'why'> & {
  message: string;
  retry?: boolean;
  waits?: boolean;
  /** A field that the cluster fills in by itself is not there yet. */
  soon?: boolean;
  /** For how long another attempt makes sense, milliseconds; by default until the time for retries is over. */
  retryForMs?: number;
};

export const failed = (message: string, retry = false): End => ({ outcome: 'failed', verified: false, message, retry });

/** The same end with notes added to its message. */
export const withNotes = (end: End, notes: readonly string[]): End => ({
  ...end,
  message: [end.message, ...notes].join('; '),
});
