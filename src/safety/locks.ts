import { LOCK_PREFIX, MANAGED_BY, MANAGER } from '../injection/record/markers.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import type { Outcome } from '../kube/client/outcome.ts';
import { releaseLock } from './lock.ts';
import { type LockHolder, type Survives, seenLock } from './lock-holder.ts';

const LEASES = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };

async function lockLeases(api: Api): Promise<Outcome<KubeObject[]>> {
  const page = await api.listAll(LEASES, { labelSelector: `${MANAGED_BY}=${MANAGER}` });
  if (!page.ok) return page;
  const items = page.value.items.filter(({ metadata }) => metadata.name.startsWith(LOCK_PREFIX));
  return { ...page, value: items.map(item => ({ ...item, ...LEASES })) };
}

/** Every lock in the cluster and who holds it, ours and the framework's, by operator. */
export async function listLocks(api: Api, survives: Survives): Promise<Outcome<LockHolder[]>> {
  const leases = await lockLeases(api);
  if (!leases.ok) return leases;
  const { now } = api.serverTime();
  const locks = leases.value.map(lease => seenLock(lease, now, survives));
  return { ...leases, value: locks.sort((a, b) => a.operator.localeCompare(b.operator)) };
}

/**
 * Frees what no run needs any more once everything has been put back: the locks of every mayday, and those of the framework that have
 * run out. Gives whom they were freed from, and why the others were not.
 */
export async function freeLocks(api: Api, survives: Survives): Promise<{ freed: LockHolder[]; unfreed: string[] }> {
  const leases = await lockLeases(api);
  if (!leases.ok) return { freed: [], unfreed: [leases.message] };
  const { now } = api.serverTime();
  const freed: LockHolder[] = [];
  const unfreed: string[] = [];
  for (const lease of leases.value) {
    const lock = seenLock(lease, now, survives);
    if (!lock.isOurs && lock.dead === undefined) continue;
    const { holderIdentity = '' } = (lease.spec ?? {}) as { holderIdentity?: string };
    const { name, namespace = '' } = lease.metadata;
    const outcome = await releaseLock(api, { ...LEASES, name, namespace }, holderIdentity);
    if (outcome.ok) freed.push(lock);
    else unfreed.push(`${lock.operator}: ${outcome.message}`);
  }
  return { freed, unfreed };
}
