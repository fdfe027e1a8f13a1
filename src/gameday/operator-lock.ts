import type { Api } from '../kube/api.ts';
import type { Clock } from '../kube/clock.ts';
import type { KubeObject } from '../kube/object.ts';
import { type GateResult, pass, stop } from '../safety/gate.ts';
import { acquireLock, type LockOptions, releaseLock, renewLock } from '../safety/lock.ts';

const GATE = 'lock';
/** The framework never renews and gives at least 15 minutes; a third of that leaves room for a slow server. */
const RENEW_MS = 300_000;

/** One operator's lock for the time of one run. */
export interface OperatorLock {
  /** Takes the lock the first time it is asked; the answer as a gate. */
  gate(): Promise<GateResult>;
  /** Gives it back; what fails here expires by itself. */
  release(): Promise<void>;
}

/** The lock that keeps two experiments, ours or the framework's, off one operator. Kept alive while the run lasts. */
export function operatorLock(api: Api, clock: Clock, options: Omit<LockOptions, 'now'>): OperatorLock {
  const over = new AbortController();
  const now = () => api.serverTime().now;
  let lease: KubeObject | undefined;

  async function keepAlive(): Promise<void> {
    for (;;) {
      await clock.sleep(RENEW_MS, over.signal);
      const renewed = lease && (await renewLock(api, lease, now()));
      if (renewed?.state === 'held') lease = renewed.lease;
    }
  }

  return {
    async gate() {
      if (lease) return pass(GATE, `held by this run for ${options.operator}`);
      const lock = await acquireLock(api, { ...options, now });
      if (lock.state === 'taken')
        return stop(
          GATE,
          `${options.operator} is locked by ${lock.holder} since ${lock.since}: wait until that run is over`,
        );
      if (lock.state === 'failed') {
        const code =
          lock.failure.reason === 'forbidden' || lock.failure.reason === 'unreachable' ? lock.failure.reason : 'blind';
        return stop(GATE, `the lock of ${options.operator} could not be taken: ${lock.failure.message}`, code);
      }
      lease = lock.lease;
      keepAlive().catch(() => undefined);
      return pass(GATE, `taken for ${options.operator}`);
    },
    async release() {
      over.abort();
      if (lease) await releaseLock(api, lease);
      lease = undefined;
    },
  };
}
