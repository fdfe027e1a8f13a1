import type { FaultType } from '../../faults/types.ts';
import type { ObjectRef } from '../../k8s/object.ts';

/**
 * The authority for a restore. `own-object`: none is needed, because the author of the undo record could have made the
 * same change directly. `own-run`: the run that injected restores.
 */
export type Authority = 'own-object' | 'signed' | 'journal' | 'experiment' | 'person' | 'caller' | 'own-run';

/**
 * The result of reverting one injection. `verified`: read back and compared; for `stripped`, where a person accepted the current values
 * or somebody else removed marks and fault, read back and found without marks. `unconfirmed`: a person must confirm it first.
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
  /** How far the restore reaches beyond the object that carries the undo record: 1 not at all, 3 farthest. Missing if no restore was planned. */
  tier?: 1 | 2 | 3;
  /**
   * The authority for the restore; missing if a person must confirm first (then `needs` is set) or if it is refused.
   */
  word?: Authority;
  needs?: 'confirmation';
  /** Why the tier is 2 or 3, or why it is refused, one phrase each. */
  why?: string[];
  /** Set if the write was accepted but the object holds another value, or if the original could not be written. */
  notHeld?: { original?: string; live?: string; by?: string };
}

type Proof = Pick<Receipt, 'outcome' | 'verified'>;

/**
 * Whether the original was read back. For `stripped`, only the absence of marks is verified, and the original may be
 * lost.
 */
export const isRestored = ({ outcome, verified }: Proof): boolean => verified && outcome !== 'stripped';

/** How far a receipt is proven, in words. */
export const proofText = (receipt: Proof): string =>
  isRestored(receipt) ? 'verified' : receipt.verified ? 'value kept' : 'NOT verified';

/** The receipts, with the changed ones replaced. */
export function withUpdated(receipts: readonly Receipt[], since: readonly Receipt[]): Receipt[] {
  const byId = new Map(since.map(receipt => [receipt.id, receipt]));
  return receipts.map(receipt => byId.get(receipt.id) ?? receipt);
}
