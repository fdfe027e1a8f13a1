import type { Effect, Facts, Fault, Plan, Refusal, Restore, Scope } from '../../src/faults/contract.ts';
import { faultOf } from '../../src/faults/registry.ts';
import type { FaultType } from '../../src/faults/types.ts';
import type { FoundInjection } from '../../src/injection/found-injection.ts';
import { fetchLive } from '../../src/injection/live.ts';
import { isRefusal } from '../../src/injection/plan/refuse.ts';
import { type Execution, execute } from '../../src/injection/write/executor.ts';
import type { Write } from '../../src/injection/write/write.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { refOf } from '../../src/k8s/object-ref.ts';
import { testFacts } from './facts.ts';
import type { FakeApi } from './fake-api.ts';
import { byOneHand } from './managed.ts';
import { memoryJournal, steppedClock } from './memory-journal.ts';

export interface Wanted {
  type: FaultType;
  parameters: Record<string, string>;
  scope?: Partial<Scope>;
  facts?: Partial<Facts>;
}

function faultFor(type: FaultType): Fault<unknown> {
  const fault = faultOf(type);
  return fault;
}

/** Reads and plans against the store. */
export async function planned(api: FakeApi, wanted: Wanted): Promise<Plan | Refusal> {
  const fault = faultFor(wanted.type);
  const params = fault.parse(wanted.parameters);
  const scope = { namespace: 'shop', count: 1, ...wanted.scope };
  const live = await fetchLive(api, seen => fault.reads(params, scope, seen));
  return fault.plan(params, scope, live, testFacts(wanted.facts));
}

/** The plan, which must not be refused. */
export async function mustPlan(api: FakeApi, wanted: Wanted): Promise<Plan> {
  const plan = await planned(api, wanted);
  if (isRefusal(plan)) throw new Error(`refused: ${plan.message}`);
  return plan;
}

/** The refusal as `code: message`; a plan is an error. */
export async function refusal(api: FakeApi, wanted: Wanted): Promise<string> {
  const plan = await planned(api, wanted);
  if (!isRefusal(plan)) throw new Error(`planned: ${plan.writes.map(write => write.says).join(', ')}`);
  return `${plan.code}: ${plan.message}`;
}

export function sendAll(
  api: FakeApi,
  writes: readonly Write[],
  purpose: 'inject' | 'revert' = 'inject',
): Promise<Execution> {
  return execute(writes, { api, journal: memoryJournal(), clock: steppedClock() }, { id: 'i-0001', purpose });
}

/** Plans and injects; everything must apply. */
export async function inject(api: FakeApi, wanted: Wanted): Promise<Plan> {
  const plan = await mustPlan(api, wanted);
  const execution = await sendAll(api, plan.writes);
  if (execution.state !== 'done') throw new Error(execution.message);
  return plan;
}

/** What the fault says of its own effect now. */
export async function effectOf(api: FakeApi, wanted: Wanted, plan: Plan): Promise<Effect> {
  const fault = faultFor(wanted.type);
  const params = fault.parse(wanted.parameters);
  return fault.effect(params, plan, await fetchLive(api, seen => fault.effectReads(params, plan, seen)));
}

function findingOf(type: FaultType, live: KubeObject): FoundInjection {
  return {
    id: 'x',
    type,
    object: refOf(live),
    live: byOneHand(live),
    state: 'injected',
    source: 'test',
    tool: 'mayday',
  };
}

/** What restoring this object would do, judged from the store as it is. */
export async function restoreOf(
  api: FakeApi,
  type: FaultType,
  ref: { kind: string; name: string; namespace?: string },
): Promise<Restore> {
  const live = api.peek({ apiVersion: '', namespace: 'shop', ...ref });
  if (live === undefined) throw new Error(`no ${ref.kind} ${ref.name}`);
  const found = findingOf(type, live);
  const fault = faultFor(type);
  return fault.restore(found, await fetchLive(api, seen => fault.restoreReads(found, seen)));
}
