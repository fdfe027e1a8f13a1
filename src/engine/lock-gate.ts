import { checkAccess } from '../kube/client/access.ts';
import type { Api } from '../kube/client/api.ts';
import type { Failure } from '../kube/client/http/outcome.ts';
import { type GateResult, pass, stop } from '../safety/gate.ts';
import { type Lock, readLock } from '../safety/lock.ts';
import { type IsHolderAlive, lockedMessage } from '../safety/lock-holder.ts';

const GATE = 'lock';

/** The gate for an operator whose lock this process holds. */
export const heldHere = (operator: string): GateResult => pass(GATE, `held by this process for ${operator}`);

/** The gate after an attempt to take the lock; `now` is server time. A user who may not take it gets a warning only. */
export function gateOfAttempt(operator: string, lock: Lock, now: number): GateResult {
  if (lock.state === 'taken') return stop(GATE, lockedMessage(lock.by, now), 'locked');
  if (lock.state === 'failed') return notTaken(operator, lock.failure);
  const { from } = lock;
  return pass(GATE, from ? `taken over from ${from.holder}: ${from.freeBecause}` : `taken for ${operator}`);
}

/** The gate that only looks at the lock: whether it is free, or could be taken over. */
export async function lookAtLock(
  { api, namespace, isHolderAlive }: { api: Api; namespace: string; isHolderAlive: IsHolderAlive },
  operator: string,
): Promise<GateResult> {
  const seen = await readLock(api, { operator, namespace }, isHolderAlive);
  if (!seen.ok) return seen.reason === 'forbidden' ? notTaken(operator, seen) : unreadable(operator, seen);
  const { by } = seen;
  if (by && by.freeBecause === undefined) return stop(GATE, lockedMessage(by, api.serverTime().now), 'locked');
  if (by) return pass(GATE, `${operator} was locked by ${by.holder}, but ${by.freeBecause}`);
  const question = { verb: 'create', group: 'coordination.k8s.io', resource: 'leases', namespace };
  const [answer] = await checkAccess(api, [question]);
  return answer?.allowed === 'no'
    ? withoutLock(operator, `no permission to create leases in ${namespace}`)
    : pass(GATE, `${operator} is free`);
}

function notTaken(operator: string, failure: Failure): GateResult {
  if (failure.reason === 'forbidden') return withoutLock(operator, failure.message);
  if (failure.reason === 'conflict') return stop(GATE, `somebody else has just locked ${operator}`, 'locked');
  return stop(GATE, `the lock of ${operator} could not be taken: ${failure.message}`, codeOf(failure));
}

const unreadable = (operator: string, failure: Failure): GateResult =>
  stop(GATE, `whether ${operator} is locked cannot be read: ${failure.message}`, codeOf(failure));

const withoutLock = (operator: string, why: string): GateResult => ({
  ...pass(GATE, `WITHOUT A LOCK, others can test ${operator} at the same time: ${why}`),
  warns: true,
});

const codeOf = ({ reason }: Failure): 'unreachable' | 'blind' => (reason === 'unreachable' ? 'unreachable' : 'blind');
