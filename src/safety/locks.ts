import { LOCK_PREFIX, MANAGED_BY, MANAGER } from '../injection/record/markers.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import type { Outcome } from '../kube/client/http/outcome.ts';
import { releaseLock } from './lock.ts';
import { type IsHolderAlive, type LockHolder, lockHolderOf } from './lock-holder.ts';

const LEASES = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };

async function lockLeases(api: Api): Promise<Outcome<KubeObject[]>> {
  const page = await api.listAll(LEASES, { labelSelector: `${MANAGED_BY}=${MANAGER}` });
  if (!page.ok) return page;
  const items = page.value.items.filter(({ metadata }) => metadata.name.startsWith(LOCK_PREFIX));
  return { ...page, value: items.map(item => ({ ...item, ...LEASES })) };
}

/** Every lock in the cluster and who holds it, ours and the framework's, by operator. */
export async function listLocks(api: Api, isHolderAlive: IsHolderAlive): Promise<Outcome<LockHolder[]>> {
  const leases = await lockLeases(api);
  if (!leases.ok) return leases;
  const { now } = api.serverTime();
  const locks = leases.value.map(lease => lockHolderOf(lease, now, isHolderAlive));
  return { ...leases, value: locks.sort((a, b) => a.operator.localeCompare(b.operator)) };
}

/**
 * Releases the locks that no run needs after everything was restored, of the wanted holders: the locks of mayday, and
 * expired locks of the framework. Returns the released locks, after reading that back, and why others were not released.
 * A lock that somebody has taken again meanwhile is in neither list.
 */
export async function releaseLocks(
  api: Api,
  isHolderAlive: IsHolderAlive,
  isWanted: (holder: string) => boolean = () => true,
): Promise<{ released: LockHolder[]; notReleased: string[] }> {
  const leases = await lockLeases(api);
  if (!leases.ok) return { released: [], notReleased: [leases.message] };
  const { now } = api.serverTime();
  const released: { lock: LockHolder; on: ObjectRef; holder: string }[] = [];
  const notReleased: string[] = [];
  for (const lease of leases.value) {
    const lock = lockHolderOf(lease, now, isHolderAlive);
    if ((!lock.isOurs && lock.freeBecause === undefined) || !isWanted(lock.holder)) continue;
    const { name, namespace = '' } = lease.metadata;
    const [on, holder] = [{ ...LEASES, name, namespace }, holderOf(lease)];
    const outcome = await releaseLock(api, on, holder);
    if (outcome.ok) released.push({ lock, on, holder });
    else notReleased.push(`${lock.operator}: ${outcome.message}`);
  }
  if (released.length === 0) return { released: [], notReleased };
  const after = await lockLeases(api);
  if (!after.ok) {
    const unseen = released.map(({ lock }) => `${lock.operator}: it cannot be read back: ${after.message}`);
    return { released: [], notReleased: [...notReleased, ...unseen] };
  }
  const nowOn = (on: ObjectRef) =>
    after.value.find(({ metadata }) => metadata.name === on.name && metadata.namespace === on.namespace);
  const held = released.filter(({ on, holder }) => {
    const lease = nowOn(on);
    return lease !== undefined && holderOf(lease) === holder;
  });
  return {
    released: released.filter(({ on }) => nowOn(on) === undefined).map(({ lock }) => lock),
    notReleased: [
      ...notReleased,
      ...held.map(({ lock }) => `${lock.operator}: it is still there when it is read back; a finalizer may hold it`),
    ],
  };
}

const holderOf = (lease: KubeObject): string => {
  const { holderIdentity = '' } = (lease.spec ?? {}) as { holderIdentity?: string };
  return holderIdentity;
};
