import type { DeletedRestore } from '../../injection/restore/deletion-restore.ts';
import { format } from './plan.ts';

/** Who holds a Lease and since when: what another process may have taken over meanwhile. */
const HOLDING = ['holderIdentity', 'acquireTime', 'renewTime'];

export const deleted: DeletedRestore = {
  format,
  // A former holder, which may be dead, would make everybody wait for the whole duration of the Lease.
  prepare: body => ({ ...body, spec: withoutHolder(body.spec) }),
  // The present leader has recreated the Lease, and having a leader is its purpose.
  isBack: () => true,
};

const withoutHolder = (spec: unknown) =>
  Object.fromEntries(Object.entries((spec ?? {}) as object).filter(([key]) => !HOLDING.includes(key)));
