import { lockName, MANAGED_BY, MANAGER } from '../injection/record/markers.ts';
import { patchOf } from '../injection/write/patch-of.ts';
import { send } from '../injection/write/send.ts';
import { mapOperations, set } from '../k8s/json-patch.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { refOf } from '../k8s/object-ref.ts';
import type { Api } from '../kube/client/api.ts';
import type { Failure } from '../kube/client/http/outcome.ts';
import {
  type HolderProcess,
  type IsHolderAlive,
  keeperText,
  LOCK_KEEPER,
  type LockHolder,
  lockHolderOf,
} from './lock-holder.ts';

export interface LockOptions {
  /** The operator under test: one experiment at a time for each. */
  operator: string;
  /** The namespace of the Lease; the framework's command line uses `default`. */
  namespace: string;
  /** Who holds it: `user@host/pid/run`. */
  holder: string;
  /** The process that keeps it, so that others on its machine can find out that it died. */
  keeper: HolderProcess;
  recoveryTimeoutMs: number;
  /** Server time, milliseconds since the epoch. */
  now: () => number;
  isHolderAlive: IsHolderAlive;
}

/** The result of trying to take a lock. */
export type Lock =
  | { state: 'held'; lease: KubeObject /** Whom it was taken over from. */; from?: LockHolder }
  /** Somebody else holds the lock. */
  | { state: 'taken'; by: LockHolder }
  | { state: 'failed'; failure: Failure };

/** The framework's shortest duration of a lock, seconds; the lock must outlast a run and its recovery. */
const SHORTEST_S = 900;

/**
 * Takes the lock that the framework's `--distributed-lock` takes: same Lease, same fields. Takes over a lock whose holder is known to have
 * died, or that nobody has renewed for its whole duration.
 */
export async function acquireLock(api: Api, options: LockOptions): Promise<Lock> {
  const on = lockRef(options);
  const created = await api.create(freshLease(on, options));
  if (created.ok) return { state: 'held', lease: created.value };
  if (created.reason !== 'already-exists' && created.reason !== 'forbidden')
    return { state: 'failed', failure: created };
  const found = await api.get(on);
  // A user who may not create the lock must still respect one that exists.
  if (!found.ok) return { state: 'failed', failure: created.reason === 'forbidden' ? created : found };
  const by = lockHolderOf(found.value, options.now(), options.isHolderAlive);
  if (by.freeBecause === undefined) return { state: 'taken', by };
  const takeover = patchOf(
    found.value,
    [
      set('/spec', { ...leaseSpec(options) }),
      ...mapOperations(found.value, ['metadata', 'annotations'], {
        set: { [LOCK_KEEPER]: keeperText(options.keeper) },
      }),
    ],
    { says: 'take over the lock of a holder that is gone', atVersion: true },
  );
  const taken = await send(api, takeover);
  return taken.ok ? { state: 'held', lease: taken.value, from: by } : { state: 'failed', failure: taken };
}

/** Who holds the lock of an operator; undefined if it is free. */
export async function readLock(
  api: Api,
  on: Pick<LockOptions, 'operator' | 'namespace'>,
  isHolderAlive: IsHolderAlive,
): Promise<{ ok: true; by: LockHolder | undefined } | Failure> {
  const found = await api.get(lockRef(on));
  if (found.ok) return { ok: true, by: lockHolderOf(found.value, api.serverTime().now, isHolderAlive) };
  return found.reason === 'not-found' ? { ok: true, by: undefined } : found;
}

/** Renews a lock. Does nothing if another holder has taken it over. */
export async function renewLock(api: Api, on: ObjectRef, holder: string, now: number): Promise<{ ok: true } | Failure> {
  const found = await api.get(on);
  if (!found.ok) return found;
  if (holderOf(found.value) !== holder) return { ok: true };
  const says = 'renew the lock';
  const renewal = patchOf(found.value, [set('/spec/renewTime', microTime(now))], { says, atVersion: true });
  const renewed = await send(api, renewal);
  return renewed.ok ? { ok: true } : renewed;
}

/** Releases a lock. Does nothing if another holder has taken it over, which keeps the Lease and its uid. */
export async function releaseLock(api: Api, on: ObjectRef, holder: string): Promise<{ ok: true } | Failure> {
  const found = await api.get(on);
  if (!found.ok) return found.reason === 'not-found' ? { ok: true } : found;
  const { uid, resourceVersion } = found.value.metadata;
  if (holderOf(found.value) !== holder || uid === undefined || resourceVersion === undefined) return { ok: true };
  const outcome = await api.remove(refOf(found.value), { uid, resourceVersion });
  return outcome.ok || outcome.reason === 'not-found' ? { ok: true } : outcome;
}

/** The Lease that is the lock of this operator. */
export function lockRef(options: Pick<LockOptions, 'operator' | 'namespace'>): ObjectRef {
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
    metadata: {
      name: on.name,
      namespace: options.namespace,
      labels: { [MANAGED_BY]: MANAGER },
      annotations: { [LOCK_KEEPER]: keeperText(options.keeper) },
    },
    spec: { ...leaseSpec(options) },
  };
}

function leaseSpec(options: LockOptions) {
  return {
    holderIdentity: options.holder,
    leaseDurationSeconds: Math.max(SHORTEST_S, Math.ceil((2 * options.recoveryTimeoutMs) / 1000)),
    acquireTime: microTime(options.now()),
  };
}

const holderOf = (lease: KubeObject) => (lease.spec as { holderIdentity?: string } | undefined)?.holderIdentity;

/** The times of Leases have microseconds. */
const microTime = (ms: number) => new Date(ms).toISOString().replace('Z', '000Z');
