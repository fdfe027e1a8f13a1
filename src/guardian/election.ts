import type { Clock } from '../host/clock.ts';
import { type LeaseSpec, leaseSpec } from '../k8s/lease.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import type { Outcome } from '../kube/client/http/outcome.ts';

/** The Lease to hold, and by whom. */
export interface ElectionOptions {
  api: Api;
  clock: Clock;
  /** The namespace of the Lease. */
  namespace: string;
  name: string;
  /** The name of this candidate. */
  holder: string;
}

/** Whether this process leads; if not, `why`, and whether another process leads (`isLed`). */
type Leadership = { leads: true } | { leads: false; why: string; isLed: boolean };

/** The election as one candidate takes part in it. */
export interface Election {
  /** Takes, renews or reads the Lease, once. Called every few seconds. */
  tryToLead(): Promise<Leadership>;
  /** Releases the Lease, so that the next leader need not wait. */
  resign(): Promise<void>;
}

/** The duration that the Kubernetes components use, seconds. */
const LEASE_S = 15;
/** After this time without an answer this process no longer leads, because others may take over `LEASE_S` after the last renewal. */
const RENEW_WITHIN_MS = 10_000;

/**
 * Leader election as the Kubernetes components do it: one Lease, renewed by its holder. Another holder's Lease counts as expired if it has
 * not changed for its whole duration on our own clock, so that two processes never lead at the same time, even if their clocks differ.
 */
export function createElection({ api, clock, namespace, name, holder }: ElectionOptions): Election {
  const ref: ObjectRef = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name };
  let seen: { version: string | undefined; at: number } | undefined;
  let renewedAt: number | undefined;

  /** The times of Leases have microseconds. */
  const stamp = () => new Date(api.serverTime().now).toISOString().replace('Z', '000Z');

  function renewed(outcome: Outcome<KubeObject>): Leadership {
    if (outcome.ok) {
      renewedAt = clock.monotonic();
      return { leads: true };
    }
    if (outcome.reason === 'conflict' || outcome.reason === 'already-exists') {
      renewedAt = undefined;
      return { leads: false, why: 'another candidate was faster', isLed: true };
    }
    return unanswered(outcome.message);
  }

  function unanswered(why: string): Leadership {
    const stillLeads = renewedAt !== undefined && clock.monotonic() - renewedAt < RENEW_WITHIN_MS;
    return stillLeads ? { leads: true } : { leads: false, why, isLed: false };
  }

  const create = (): Promise<Outcome<KubeObject>> =>
    api.create({
      apiVersion: ref.apiVersion,
      kind: ref.kind,
      metadata: { name, namespace },
      spec: { ...newTerm(holder, stamp(), 0) },
    });

  const put = (lease: KubeObject, change: LeaseSpec) =>
    api.replace({ ...lease, spec: { ...leaseSpec(lease), ...change } });

  const take = (lease: KubeObject) =>
    put(lease, newTerm(holder, stamp(), (leaseSpec(lease).leaseTransitions ?? 0) + 1));

  function isFree(lease: KubeObject): boolean {
    const { holderIdentity, leaseDurationSeconds = LEASE_S } = leaseSpec(lease);
    if (!holderIdentity) return true;
    const version = lease.metadata.resourceVersion;
    if (seen?.version !== version) seen = { version, at: clock.monotonic() };
    return clock.monotonic() - (seen?.at ?? 0) > leaseDurationSeconds * 1000;
  }

  return {
    async tryToLead() {
      const found = await api.get(ref);
      if (!found.ok) return found.reason === 'not-found' ? renewed(await create()) : unanswered(found.message);
      const lease = found.value;
      if (leaseSpec(lease).holderIdentity === holder) return renewed(await put(lease, { renewTime: stamp() }));
      renewedAt = undefined;
      if (isFree(lease)) return renewed(await take(lease));
      return { leads: false, why: `${leaseSpec(lease).holderIdentity} leads`, isLed: true };
    },
    async resign() {
      if (renewedAt === undefined) return;
      const found = await api.get(ref);
      if (found.ok && leaseSpec(found.value).holderIdentity === holder) await put(found.value, { holderIdentity: '' });
    },
  };
}

/** The spec of a Lease that this holder has just acquired. `now` has microseconds. */
const newTerm = (holder: string, now: string, leaseTransitions: number): LeaseSpec => ({
  holderIdentity: holder,
  leaseDurationSeconds: LEASE_S,
  acquireTime: now,
  renewTime: now,
  leaseTransitions,
});
