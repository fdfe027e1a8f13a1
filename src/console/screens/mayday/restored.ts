import type { Receipt } from '../../../injection/write/receipt.ts';

/** Whether a receipt proves that nothing is left to do on its object. */
export const isRestored = ({ outcome, verified }: Receipt): boolean =>
  outcome !== 'failed' && outcome !== 'diverged' && outcome !== 'unconfirmed' && verified;
