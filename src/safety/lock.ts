import { patchOf, refOf, set } from '../injection/json-patch.ts';
import { lockName, MANAGED_BY, MANAGER } from '../injection/markers.ts';
import { send } from '../injection/send.ts';
import type { Api } from '../kube/api.ts';
import type { KubeObject, ObjectRef } from '../kube/object.ts';
import type { Failure } from '../kube/outcome.ts';
import { sanitise } from '../text/sanitise.ts';

interface LeaseSpec {
  holderIdentity?: string;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  renewTime?: string;
}

export interface LockOptions {
  /** The operator under test: one experiment at a time for each. */
  operator: string;
  /** Where the Lease lives; the framework's command line uses `default`. */
  namespace: string;
  /** Who holds it: `user@host/pid/run`. */
  holder: string;
  recoveryTimeoutMs: number;
  /** Server time, milliseconds since the epoch. */
  now: () => number;
}

export type Lock =
  | { state: 'held'; lease: KubeObject }
  /** Somebody else holds it. */
  | { state: 'taken'; holder: string; since: string }
  | { state: 'failed'; failure: Failure };

/** The framework's floor; the lock must outlive a run and its recovery. */
const SHORTEST_S = 900;

/** Takes the lock that the framework's `--distributed-lock` takes: same Lease, same fields. An expired one is taken over. */
export async function acquireLock(api: Api, options: LockOptions): Promise<Lock> {
  const on = lockRef(options);
  const created = await api.create(freshLease(on, options));
  if (created.ok) return { state: 'held', lease: created.value };
  if (created.reason !== 'already-exists') return { state: 'failed', failure: created };
  const found = await api.get(on);
  if (!found.ok) return { state: 'failed', failure: found };
  const spec = specOf(found.value);
  if (!isExpired(spec, options.now())) {
    return { state: 'taken', holder: sanitise(spec.holderIdentity, 300), since: sanitise(spec.acquireTime, 40) };
  }
  const takeover = patchOf(found.value, [set('/spec', { ...leaseSpec(options) })], {
    says: 'take over an expired lock',
    atVersion: true,
  });
  const taken = await send(api, takeover);
  return taken.ok ? { state: 'held', lease: taken.value } : { state: 'failed', failure: taken };
}

/** Says that the holder is still there. */
export async function renewLock(api: Api, lease: KubeObject, now: number): Promise<Lock> {
  const renewal = patchOf(lease, [set('/spec/renewTime', microTime(now))], { says: 'renew the lock', atVersion: true });
  const renewed = await send(api, renewal);
  return renewed.ok ? { state: 'held', lease: renewed.value } : { state: 'failed', failure: renewed };
}

/** Gives the lock back. A lock that somebody else holds by now is left to them: a takeover keeps the Lease and its uid. */
export async function releaseLock(api: Api, lease: KubeObject): Promise<{ ok: true } | Failure> {
  const found = await api.get(refOf(lease));
  if (!found.ok) return found.reason === 'not-found' ? { ok: true } : found;
  const { uid, resourceVersion } = found.value.metadata;
  const isOurs = uid === lease.metadata.uid && specOf(found.value).holderIdentity === specOf(lease).holderIdentity;
  if (!isOurs || uid === undefined || resourceVersion === undefined) return { ok: true };
  const outcome = await api.remove(refOf(found.value), { uid, resourceVersion });
  return outcome.ok || outcome.reason === 'not-found' ? { ok: true } : outcome;
}

function lockRef(options: LockOptions): ObjectRef {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    namespace: options.namespace,
    name: lockName(options.operator),
  };
}

function freshLease(on: ObjectRef, options: LockOptions): KubeObject {
  return {
    apiVersion: on.apiVersion,
    kind: on.kind,
    metadata: { name: on.name, namespace: options.namespace, labels: { [MANAGED_BY]: MANAGER } },
    spec: { ...leaseSpec(options) },
  };
}

function leaseSpec(
  options: LockOptions,
): Required<Pick<LeaseSpec, 'holderIdentity' | 'leaseDurationSeconds' | 'acquireTime'>> {
  return {
    holderIdentity: options.holder,
    leaseDurationSeconds: Math.max(SHORTEST_S, Math.ceil((2 * options.recoveryTimeoutMs) / 1000)),
    acquireTime: microTime(options.now()),
  };
}

const specOf = (lease: KubeObject): LeaseSpec => (lease.spec ?? {}) as LeaseSpec;

/** Missing times count as expired, as the framework counts them. */
function isExpired(spec: LeaseSpec, now: number): boolean {
  const since = Date.parse(spec.renewTime ?? spec.acquireTime ?? '');
  return (
    Number.isNaN(since) || spec.leaseDurationSeconds === undefined || since + spec.leaseDurationSeconds * 1000 < now
  );
}

/** Leases count microseconds. */
const microTime = (ms: number) => new Date(ms).toISOString().replace('Z', '000Z');
