import type { DeletedRestore } from '../../injection/deletion-restore.ts';
import { format } from './plan.ts';

/** Who holds a Lease and since when: what another process may have taken over meanwhile. */
const HOLDING = ['holderIdentity', 'acquireTime', 'renewTime'];

export const deleted: DeletedRestore = {
  format,
  // A holder of old would keep everybody waiting for as long as the Lease lasts, and it may be dead.
  prepare: body => ({ ...body, spec: withoutHolder(body.spec) }),
  // Whoever leads now has made the Lease anew, and that it leads is the point of it.
  isBack: () => true,
};

const withoutHolder = (spec: unknown) =>
  Object.fromEntries(Object.entries((spec ?? {}) as object).filter(([key]) => !HOLDING.includes(key)));
