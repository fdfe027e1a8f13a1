import type { LoadedExperiment } from '../experiment/types.ts';
import type { Clock } from '../host/clock.ts';
import type { ObjectRef } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import type { GateResult } from '../safety/gate.ts';
import { acquireLock, lockRef, releaseLock, renewLock } from '../safety/lock.ts';
import type { HolderProcess, IsHolderAlive } from '../safety/lock-holder.ts';
import { gateOfAttempt, heldHere, lookAtLock } from './lock-gate.ts';

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
  const { api, namespace } = deps;
  const taken = new Map<string, Taken>();
  const asked = new Map<string, Promise<GateResult>>();

  async function acquire(loaded: LoadedExperiment, run: string): Promise<GateResult> {
    const operator = operatorOf(loaded);
    const { recoveryTimeoutMs } = loaded.experiment.spec.hypothesis;
    const holder = `${deps.who}/${deps.keeper.pid}/${run}`;
    const now = () => api.serverTime().now;
    const lock = await acquireLock(api, { ...deps, operator, holder, recoveryTimeoutMs, now });
    if (lock.state === 'held') {
      const kept = { on: lockRef({ operator, namespace }), holder, runs: new Set([run]), over: new AbortController() };
      taken.set(operator, kept);
      keepAlive(deps, kept).catch(() => undefined);
    }
    return gateOfAttempt(operator, lock, now());
  }

  return {
    async take(loaded, run) {
      const operator = operatorOf(loaded);
      // One request at a time; otherwise two runs of this process would lock each other out.
      while (asked.has(operator)) await asked.get(operator);
      const kept = taken.get(operator);
      if (kept) {
        kept.runs.add(run);
        return heldHere(operator);
      }
      const answer = acquire(loaded, run);
      asked.set(operator, answer);
      return answer.finally(() => asked.delete(operator));
    },
    async look(loaded) {
      const operator = operatorOf(loaded);
      return taken.has(operator) ? heldHere(operator) : lookAtLock(deps, operator);
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

const operatorOf = ({ experiment }: LoadedExperiment): string => experiment.spec.target.operator;

/** Renews a lock until it is over. */
async function keepAlive({ api, clock }: LocksDeps, lock: Taken): Promise<void> {
  for (;;) {
    await clock.sleep(RENEW_MS, lock.over.signal);
    await renewLock(api, lock.on, lock.holder, api.serverTime().now);
  }
}
