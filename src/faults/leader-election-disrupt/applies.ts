import { doesNotFit, fits, isKind, onlyFor } from '../../injection/plan/fit.ts';
import { leaseSpec } from '../../k8s/lease.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Fit } from '../contract.ts';

/** A Lease that somebody holds. */
export function appliesTo(object: KubeObject): Fit {
  if (!isKind(object, 'coordination.k8s.io', 'Lease')) return onlyFor('Lease', object);
  return (leaseSpec(object).holderIdentity ?? '') === ''
    ? doesNotFit('no holder is recorded in this Lease: deleting it affects no leader')
    : fits(object, { name: object.metadata.name });
}
