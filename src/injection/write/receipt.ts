import type { FaultType } from '../../faults/types.ts';
import type { ObjectRef } from '../../k8s/object.ts';

/**
 * The authority for a restore. `own-object`: none is needed, because the author of the record could have made the same
 * change directly. `own-run`: the run that injected it restores it.
 */
export type Word = 'own-object' | 'signed' | 'journal' | 'experiment' | 'person' | 'caller' | 'own-run';

/**
 * What became of one injection that was to be reverted. `verified` means read back and compared; for `stripped`, whose values a person took
 * for right, read back and seen to carry no marks. `unconfirmed`: a person must say yes to it first.
 */
export interface Receipt {
  id: string;
  type: FaultType | 'unknown';
  object: ObjectRef;
  outcome: 'reverted' | 'already-restored' | 'gone' | 'stripped' | 'diverged' | 'unconfirmed' | 'failed';
  verified: boolean;
  requests: number;
  ms: number;
  message: string;
  /** How far the restore reaches beyond the object that carries the record: 1 not at all, 3 farthest. Missing where none was planned. */
  tier?: 1 | 2 | 3;
  /**
   * The authority by which it is or would be done; missing where a person must agree first (then `needs` is set) or
   * where it is refused.
   */
  word?: Word;
  needs?: 'confirmation';
  /** Why the tier is 2 or 3, or why it is refused, one phrase each. */
  why?: string[];
  /** Our write was accepted and the object holds something else, or the original could not be written. */
  notHeld?: { original?: string; live?: string; by?: string };
}

/** The receipts, with the changed ones replaced. */
export function amended(receipts: readonly Receipt[], since: readonly Receipt[]): Receipt[] {
  const byId = new Map(since.map(receipt => [receipt.id, receipt]));
  return receipts.map(receipt => byId.get(receipt.id) ?? receipt);
}
