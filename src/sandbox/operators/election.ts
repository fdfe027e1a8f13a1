/** `spec` of a Lease. Times are RFC 3339 with microseconds. */
export interface LeaseSpec {
  holderIdentity?: string;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  renewTime?: string;
  leaseTransitions?: number;
}

/** What one tick of leader election does to the Lease. */
export type Move = { is: 'hold' | 'wait' } | { is: 'create' | 'renew' | 'take'; holder: string };

/** As client-go sets them: a Lease lasts 15 s, a leader that cannot renew for 10 s gives up. */
export const LEASE_SECONDS = 15;
const RENEW_EVERY_MS = 5000;
export const GIVE_UP_MS = 10_000;

const isExpired = (lease: LeaseSpec, nowMs: number): boolean =>
  Date.parse(lease.renewTime ?? '') + (lease.leaseDurationSeconds ?? LEASE_SECONDS) * 1000 <= nowMs ||
  lease.renewTime === undefined;

/**
 * One tick: the holder renews in time, a missing Lease is created, a free or expired one goes to the first candidate.
 *
 * @param candidates identities that run and reach the API, the oldest first
 */
export function nextMove(lease: LeaseSpec | undefined, candidates: readonly string[], nowMs: number): Move {
  const first = candidates[0];
  if (!lease) return first ? { is: 'create', holder: first } : { is: 'wait' };
  const holder = lease.holderIdentity ?? '';
  if (holder && candidates.includes(holder)) {
    const due = Date.parse(lease.renewTime ?? '') + RENEW_EVERY_MS <= nowMs || lease.renewTime === undefined;
    return due ? { is: 'renew', holder } : { is: 'hold' };
  }
  if (first && (holder === '' || isExpired(lease, nowMs))) return { is: 'take', holder: first };
  return { is: 'wait' };
}

/** The Lease's spec after the move. `at` is now, with microseconds. */
export function afterMove(lease: LeaseSpec | undefined, move: Move, at: string): LeaseSpec {
  if (!('holder' in move)) return lease ?? {};
  if (move.is === 'renew') return { ...lease, renewTime: at };
  return {
    ...lease,
    holderIdentity: move.holder,
    leaseDurationSeconds: lease?.leaseDurationSeconds ?? LEASE_SECONDS,
    acquireTime: at,
    renewTime: at,
    leaseTransitions: move.is === 'take' ? (lease?.leaseTransitions ?? 0) + 1 : 0,
  };
}
