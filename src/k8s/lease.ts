import type { KubeObject } from './object.ts';

/** The spec of a Lease. Times are RFC 3339 with microseconds. */
export interface LeaseSpec {
  holderIdentity?: string;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  leaseTransitions?: number;
  renewTime?: string;
}

/** The spec of a Lease; empty if it has none. */
export const leaseSpec = (lease: KubeObject): LeaseSpec => (lease.spec ?? {}) as LeaseSpec;

/**
 * Whether a Lease's holder is this pod: holder identities begin with the pod's name, most of them followed by `_` and
 * a unique part.
 */
export const isHolder = (pod: KubeObject, holder: string): boolean =>
  holder === pod.metadata.name || holder.startsWith(`${pod.metadata.name}_`);

const renewedAt = (lease: KubeObject): number => Date.parse(leaseSpec(lease).renewTime ?? '');

/**
 * Leases that one of the pods held at `since` and has not renewed for longer than they last. The latest renewal of
 * any Lease gives the time in the cluster: every node has a Lease. Times are milliseconds since the epoch.
 */
export function expiredLeases(leases: readonly KubeObject[], pods: readonly KubeObject[], since: number): KubeObject[] {
  const now = leases.map(renewedAt).reduce((latest, at) => (at > latest ? at : latest), 0);
  return leases.filter(lease => {
    const { holderIdentity = '', leaseDurationSeconds = 15 } = leaseSpec(lease);
    const isHeld = pods.some(
      pod => pod.metadata.namespace === lease.metadata.namespace && isHolder(pod, holderIdentity),
    );
    const [renewed, lasts] = [renewedAt(lease), leaseDurationSeconds * 1000];
    return isHeld && renewed > since - lasts && now - renewed > lasts;
  });
}
