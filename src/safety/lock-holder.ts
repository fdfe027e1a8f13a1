import { LOCK_PREFIX } from '../injection/record/markers.ts';
import type { LeaseSpec } from '../k8s/lease.ts';
import type { KubeObject } from '../k8s/object.ts';
import { age } from '../text/duration.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';

/** The annotation on the Lease of a lock that names the process which holds it. The framework's locks have none. */
export const LOCK_KEEPER = 'mayday/lock-keeper';

/** A process, described so that another process on the same machine can find out whether it still runs. */
export interface HolderProcess {
  pid: number;
  /** Distinguishes it from a later process with the same pid. */
  start?: string;
  /** Identifies this machine since its last boot; without it, it cannot be known that the process died. */
  machine?: string;
}

/** Whether that process runs; undefined if that cannot be known on this machine. */
export type IsHolderAlive = (keeper: HolderProcess) => boolean | undefined;

/** Who holds a lock. */
export interface LockHolder {
  operator: Clean;
  holder: Clean;
  /** Milliseconds since the epoch, as the holder wrote it; undefined if it wrote nothing. */
  since: number | undefined;
  /** When it runs out unless it is renewed; server time. */
  until: number;
  /** Whether a mayday took it; locks of the framework are never taken over. */
  isOurs: boolean;
  /** Why the lock counts as free although the Lease names a holder; undefined if it is held. */
  freeBecause?: string;
}

/** A real API server validates the fields of a Lease; a fake one may not. */
function specOf({ spec }: KubeObject): LeaseSpec {
  const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime } = (spec ?? {}) as Record<string, unknown>;
  return {
    ...(typeof holderIdentity === 'string' ? { holderIdentity } : {}),
    ...(Number.isSafeInteger(leaseDurationSeconds) ? { leaseDurationSeconds: leaseDurationSeconds as number } : {}),
    ...(typeof acquireTime === 'string' ? { acquireTime } : {}),
    ...(typeof renewTime === 'string' ? { renewTime } : {}),
  };
}

/** The server stamps whole seconds. */
const ROUNDED_MS = 1_000;
/** The latest valid time of a JavaScript Date. */
const END_OF_TIME = 8.64e15;

/**
 * When the Lease was last written, by the server's clock, because the holder's clock, and so the times that it writes into the Lease, may
 * be wrong.
 */
function writtenAt(lease: KubeObject): number {
  const stored = (lease.metadata.managedFields ?? []).flatMap(({ time }) =>
    typeof time === 'string' && Date.parse(time) ? [Date.parse(time)] : [],
  );
  const { renewTime, acquireTime } = specOf(lease);
  return stored.length > 0 ? Math.max(...stored) + ROUNDED_MS : Date.parse(renewTime ?? acquireTime ?? '');
}

/** Reads the Lease of a lock. `now` is server time. A Lease without times or duration is held by no one, as in the framework. */
export function lockHolderOf(lease: KubeObject, now: number, isAlive: IsHolderAlive): LockHolder {
  const { holderIdentity, leaseDurationSeconds, acquireTime } = specOf(lease);
  const keeper = keeperOf(lease);
  const since = Date.parse(acquireTime ?? '');
  const end = Number.isNaN(since) ? Number.NaN : writtenAt(lease) + (leaseDurationSeconds ?? Number.NaN) * 1000;
  const until = Math.abs(end) <= END_OF_TIME ? end : now;
  const freeBecause =
    keeper !== undefined && isAlive(keeper) === false
      ? `its process ${keeper.pid} is gone`
      : until <= now
        ? 'nobody renewed it in time'
        : undefined;
  return {
    operator: sanitise(lease.metadata.name.slice(LOCK_PREFIX.length), 253),
    holder: sanitise(holderIdentity ?? '', 300),
    since: Number.isNaN(since) ? undefined : since,
    until,
    isOurs: keeper !== undefined,
    ...(freeBecause === undefined ? {} : { freeBecause }),
  };
}

/** `kserve by alice@laptop/4242/… since 2m`. `now` is server time. */
export function lockText({ operator, holder, since, until, freeBecause }: LockHolder, now: number): string {
  const held = since === undefined ? '' : ` since ${clock(since)} (${age(now - since)})`;
  const end = freeBecause === undefined ? `, until ${clock(until)} unless renewed` : `, DEAD: ${freeBecause}`;
  return `${operator} by ${holder || 'nobody'}${held}${end}`;
}

const clock = (at: number): string => `${new Date(at).toISOString().slice(11, 19)}Z`;

/** A lock as JSON. */
export const lockJson = ({ operator, holder, since, until, isOurs, freeBecause }: LockHolder) => ({
  operator,
  holder,
  ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
  until: new Date(until).toISOString(),
  by: isOurs ? 'mayday' : 'operator-chaos',
  ...(freeBecause === undefined ? {} : { dead: freeBecause }),
});

/** One line for the user who is refused: who holds the lock, since when, and what to do. */
export function lockedMessage({ operator, holder, since, until, isOurs }: LockHolder, now: number): string {
  const held = since === undefined ? '' : ` since ${clock(since)} (${age(now - since)})`;
  const or = isOurs ? ', or `mayday revert --all`, which reverts everything and frees it' : '';
  return `${operator} is locked by ${holder || 'somebody'}${held}: wait until that run is over${or}; if it is dead the lock runs out at ${clock(until)}`;
}

/** The value of the annotation `mayday/lock-keeper`. */
export function keeperText(keeper: HolderProcess): string {
  return JSON.stringify(keeper);
}

/** The process that keeps a lock; undefined if mayday did not take it. */
function keeperOf(lease: KubeObject): HolderProcess | undefined {
  try {
    const value = JSON.parse(lease.metadata.annotations?.[LOCK_KEEPER] ?? '') as Partial<HolderProcess> | null;
    if (typeof value?.pid !== 'number') return undefined;
    const { pid, start, machine } = value;
    return {
      pid,
      ...(typeof start === 'string' ? { start } : {}),
      ...(typeof machine === 'string' ? { machine } : {}),
    };
  } catch {
    return undefined;
  }
}
