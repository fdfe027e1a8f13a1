import type { Plan, Refusal } from '../../faults/contract.ts';
import { isRefusal } from '../plan/refuse.ts';
import { type Execution, type ExecutorDeps, execute } from './executor.ts';
import type { Purpose } from './journal.ts';
import type { Write } from './write.ts';

const MAX_ATTEMPTS = 6;

export interface Attempted {
  execution: Execution;
  /** The number of plans, the first one included. */
  attempts: number;
}

/**
 * Executes writes; on a conflict, `again` reads and plans again, and its writes are tried. `again` gets the refused execution, and returns
 * undefined if no further attempt is right.
 */
export async function executeWithReread(
  first: readonly Write[],
  again: (refused: Execution) => Promise<readonly Write[] | undefined>,
  deps: ExecutorDeps,
  run: { id: string; purpose: Purpose },
): Promise<Attempted> {
  let writes = first;
  for (let attempts = 1; ; attempts += 1) {
    const execution = await execute(writes, deps, run);
    const next = await afterConflict(execution, attempts, deps, again);
    if (next === undefined) return { execution, attempts };
    writes = next;
  }
}

async function afterConflict(
  execution: Execution,
  attempts: number,
  deps: ExecutorDeps,
  again: (refused: Execution) => Promise<readonly Write[] | undefined>,
): Promise<readonly Write[] | undefined> {
  // If a write of the first attempt is still in the cluster, a second attempt would inject twice.
  const mayTry = execution.state === 'conflict' && execution.left.length === 0 && attempts < MAX_ATTEMPTS;
  if (!mayTry || deps.signal?.aborted) return undefined;
  await deps.clock.sleep(25 * 2 ** attempts);
  return again(execution);
}

export type Injected =
  | { state: 'injected'; plan: Plan; execution: Execution; attempts: number }
  | { state: 'refused'; refusal: Refusal; execution: Execution; attempts: number }
  | { state: 'not-injected'; plan: Plan; execution: Execution; attempts: number };

/**
 * Injects a plan. If the target changed since the plan was made, `replan` reads and plans again and asks the gates again; its refusal ends
 * the attempt. For `not-injected`, `execution` holds what happened, and `execution.left` what is still in the cluster.
 */
export async function injectWithReplan(
  first: Plan,
  replan: () => Promise<Plan | Refusal>,
  deps: ExecutorDeps,
): Promise<Injected> {
  let plan = first;
  let refusal: Refusal | undefined;
  const again = async () => {
    const next = await replan();
    if (isRefusal(next)) {
      refusal = next;
      return undefined;
    }
    plan = next;
    return plan.writes;
  };
  const attempted = await executeWithReread(first.writes, again, deps, { id: first.id, purpose: 'inject' });
  if (attempted.execution.state === 'done') return { state: 'injected', plan, ...attempted };
  return refusal === undefined
    ? { state: 'not-injected', plan, ...attempted }
    : { state: 'refused', refusal, ...attempted };
}
