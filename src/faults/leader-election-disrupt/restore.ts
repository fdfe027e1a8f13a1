import type { DeletedRestore } from '../../injection/restore/deletion-restore.ts';
import { format } from './plan.ts';

/** The fields that say who holds a Lease, and since when; another process may have taken it over meanwhile. */
const HOLDER_FIELDS = ['holderIdentity', 'acquireTime', 'renewTime'];

export const deleted: DeletedRestore = {
  format,
  // A former holder that no longer runs would make every candidate wait until the Lease expires.
  prepare: body => ({ ...body, spec: withoutHolder(body.spec) }),
  // If the Lease exists, a leader has created it again, which is all that a Lease is for.
  isRestored: () => true,
};

const withoutHolder = (spec: unknown) =>
  Object.fromEntries(Object.entries((spec ?? {}) as object).filter(([key]) => !HOLDER_FIELDS.includes(key)));
