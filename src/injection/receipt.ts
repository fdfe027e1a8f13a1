import type { FaultType } from '../experiment/types.ts';
import type { ObjectRef } from '../kube/object.ts';

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
  /** Where a write of ours was accepted and something else stands there all the same, or where the original could not be put in. */
  notHeld?: { original?: string; live?: string; by?: string };
}
