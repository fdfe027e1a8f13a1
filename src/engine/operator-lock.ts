import type { LoadedExperiment } from '../experiment/types.ts';
import type { Clock } from '../host/clock.ts';
import type { ObjectRef } from '../k8s/object.ts';
import { checkAccess } from '../kube/client/access.ts';
import type { Api } from '../kube/client/api.ts';
import type { Failure } from '../kube/client/http/outcome.ts';
import { type GateResult, pass, stop } from '../safety/gate.ts';
import { acquireLock, lockRef, readLock, releaseLock, renewLock } from '../safety/lock.ts';
import { type HolderProcess, type IsHolderAlive, lockedMessage } from '../safety/lock-holder.ts';

const GATE = 'lock';
/** A lock lasts at least 15 minutes, as the framework defines it; renewing after a third of that tolerates a slow server. */
const RENEW_MS = 300_000;

/** Which Lease this process holds, and under which name. */
export interface HeldLock {
  on: ObjectRef;
  holder: string;
}

/** The locks of one process: one for each operator under test, shared by all runs that test it. */
export interface Locks {
  /** Takes the operator's lock for this run, or says in a gate who holds it. */
  take(loaded: LoadedExperiment, run: string): Promise<GateResult>;
  /** The same gate without taking the lock. */
  look(loaded: LoadedExperiment): Promise<GateResult>;
  /** The lock that is held for a run. */
  held(run: string): HeldLock | undefined;
  /** Ends the use of the lock by a run; the last run releases it. If that fails, the lock expires by itself. */
  release(run: string): Promise<void>;
}

export interface LocksDeps {
  api: Api;
  clock: Clock;
  /** The namespace of the Leases. */
  namespace: string;
  /** `user@host`. */
  who: string;
  keeper: HolderProcess;
  isHolderAlive: IsHolderAlive;
}

interface Taken extends HeldLock {
  runs: Set<string>;
  over: AbortController;
}

/**
 * Keeps two experiments, mayday's or the framework's, from testing one operator at the same time, because each would
 * observe the effects of the other. Renewed while a run lasts. A user who may not create Leases can still inject, with a
 * warning.
 */
export function operatorLocks(deps: LocksDeps): Locks {
  const { api, clock, namespace, keeper, isHolderAlive } = deps;
  const taken = new Map<string, Taken>();
  const asked = new Map<string, Promise<GateResult>>();
  const operatorOf = ({ experiment }: LoadedExperiment) => experiment.spec.target.operator;

  async function keepAlive(lock: Taken): Promise<void> {
    for (;;) {
      await clock.sleep(RENEW_MS, lock.over.signal);
      await renewLock(api, lock.on, lock.holder, api.serverTime().now);
    }
  }

  async function acquire(loaded: LoadedExperiment, run: string): Promise<GateResult> {
    const operator = operatorOf(loaded);
    const holder = `${deps.who}/${keeper.pid}/${run}`;
    const { recoveryTimeoutMs } = loaded.experiment.spec.hypothesis;
    const now = () => api.serverTime().now;
    const lock = await acquireLock(api, { operator, namespace, holder, keeper, recoveryTimeoutMs, now, isHolderAlive });
    if (lock.state === 'taken') return stop(GATE, lockedMessage(lock.by, now()), 'locked');
    if (lock.state === 'failed') return lockFailed(operator, lock.failure);
    const on = lockRef({ operator, namespace });
    const kept: Taken = { on, holder, runs: new Set([run]), over: new AbortController() };
    taken.set(operator, kept);
    keepAlive(kept).catch(() => undefined);
    return pass(
      GATE,
      lock.from ? `taken over from ${lock.from.holder}: ${lock.from.freeBecause}` : `taken for ${operator}`,
    );
  }

  function lockFailed(operator: string, failure: Failure): GateResult {
    if (failure.reason === 'forbidden')
      return { ...pass(GATE, withoutLockText(operator, failure.message)), warns: true };
    if (failure.reason === 'conflict') return stop(GATE, `somebody else has just locked ${operator}`, 'locked');
    const code = failure.reason === 'unreachable' ? 'unreachable' : 'blind';
    return stop(GATE, `the lock of ${operator} could not be taken: ${failure.message}`, code);
  }

  return {
    async take(loaded, run) {
      const operator = operatorOf(loaded);
      // One request at a time; otherwise two runs of this process would lock each other out.
      while (asked.has(operator)) await asked.get(operator);
      const kept = taken.get(operator);
      if (kept) {
        kept.runs.add(run);
        return pass(GATE, `held by this process for ${operator}`);
      }
      const answer = acquire(loaded, run);
      asked.set(operator, answer);
      return answer.finally(() => asked.delete(operator));
    },
    async look(loaded) {
      const operator = operatorOf(loaded);
      if (taken.has(operator)) return pass(GATE, `held by this process for ${operator}`);
      const seen = await readLock(api, { operator, namespace }, isHolderAlive);
      if (!seen.ok) return seen.reason === 'forbidden' ? lockFailed(operator, seen) : lockUnreadable(operator, seen);
      if (seen.by && seen.by.freeBecause === undefined)
        return stop(GATE, lockedMessage(seen.by, api.serverTime().now), 'locked');
      if (seen.by) return pass(GATE, `${operator} was locked by ${seen.by.holder}, but ${seen.by.freeBecause}`);
      const question = { verb: 'create', group: 'coordination.k8s.io', resource: 'leases', namespace };
      const [answer] = await checkAccess(api, [question]);
      return answer?.allowed === 'no'
        ? { ...pass(GATE, withoutLockText(operator, `no permission to create leases in ${namespace}`)), warns: true }
        : pass(GATE, `${operator} is free`);
    },
    held(run) {
      const kept = [...taken.values()].find(({ runs }) => runs.has(run));
      return kept && { on: kept.on, holder: kept.holder };
    },
    async release(run) {
      for (const [operator, kept] of taken) {
        if (!kept.runs.delete(run) || kept.runs.size > 0) continue;
        taken.delete(operator);
        kept.over.abort();
        await releaseLock(api, kept.on, kept.holder);
      }
    },
  };
}

const withoutLockText = (operator: string, why: string) =>
  `WITHOUT A LOCK, others can test ${operator} at the same time: ${why}`;

const lockUnreadable = (operator: string, failure: Failure): GateResult =>
  stop(
    GATE,
    `whether ${operator} is locked cannot be read: ${failure.message}`,
    failure.reason === 'unreachable' ? 'unreachable' : 'blind',
  );
