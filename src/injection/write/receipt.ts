import type { FaultType } from '../../faults/types.ts';
import type { ObjectRef } from '../../k8s/object.ts';

/**
 * On whose word a restore is done. `own-object`: nobody's is needed, since it gives whoever wrote the record nothing that he could not have
 * done. `own-run`: the run that injected it restores it.
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
  /** On whose word it is, or would be, done; missing where a person must say yes first, and then `needs` is there, or where it is refused. */
  word?: Word;
  needs?: 'confirmation';
  /** What makes the tier 2 or 3, or why it is refused, a phrase each. */
  why?: string[];
  /** Where a write of ours was accepted and something else stands there all the same, or where the original could not be put in. */
  notHeld?: { original?: string; live?: string; by?: string };
}

/** The receipts, with those that changed since in their place. */
export function amended(receipts: readonly Receipt[], since: readonly Receipt[]): Receipt[] {
  const byId = new Map(since.map(receipt => [receipt.id, receipt]));
  return receipts.map(receipt => byId.get(receipt.id) ?? receipt);
}
