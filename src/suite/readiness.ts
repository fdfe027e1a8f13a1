import type { LoadedExperiment } from '../experiment/types.ts';
import { faultOf } from '../faults/registry.ts';
import { isRefusal } from '../injection/plan/refuse.ts';
import type { Api } from '../kube/client/api.ts';
import { combined } from '../run/observe/evidence.ts';
import { takeSample } from '../run/observe/sample.ts';
import type { GateResult } from '../safety/gate.ts';
import { readAndPlan, scopeOf } from '../safety/read-and-plan.ts';

/** Whether an experiment may begin. `wait`: not yet, but perhaps later; `says` why, in one line. */
export type Readiness = { state: 'ready' } | { state: 'wait'; says: string };

const READY: Readiness = { state: 'ready' };

/** Refusals that may pass by themselves: an object that is being deleted or recreated, a fault that is about to be reverted. */
const PASSING = new Set(['already-injected', 'terminating', 'no-match', 'not-found', 'blind']);

/**
 * Checks once, as the run itself will: whether the objects that the experiment needs exist, its steady state holds and nobody else has its operator's
 * lock. A problem that does not pass by itself counts as ready: the run then refuses it, with a record. Writes nothing.
 */
export async function readiness(
  api: Api,
  loaded: LoadedExperiment,
  { lock, signal }: { lock?: (() => Promise<GateResult>) | undefined; signal: AbortSignal },
): Promise<Readiness> {
  const { spec } = loaded.experiment;
  const fault = faultOf(spec.injection.type);
  const scope = scopeOf(loaded);
  const params = fault.parse(spec.injection.parameters);
  const facts = () => ({
    id: 'gate',
    run: 'gate',
    experiment: loaded.experiment.metadata.name,
    by: '',
    host: '',
    at: Math.round(api.serverTime().now),
    random: () => 0,
  });
  const [{ live, plan }, discovery, locked] = await Promise.all([
    readAndPlan(api, fault, { params, scope, facts }, signal),
    api.discovery(),
    lock?.(),
  ]);
  if (locked && !locked.ok) return { state: 'wait', says: locked.reason };
  if (isRefusal(plan)) return PASSING.has(plan.code) ? { state: 'wait', says: plan.message } : READY;
  if (spec.steadyState.checks.length === 0) return READY;
  const subject = {
    checks: spec.steadyState.checks,
    namespace: scope.namespace,
    discovery: discovery.ok ? discovery.value : undefined,
    fault,
    params,
    scope,
  };
  const { checks, evidence } = await takeSample(api, subject, plan, live, { afterRevert: false, signal });
  const wrong = [...checks, ...evidence].filter(({ state }) => state !== 'pass');
  if (combined([...checks, ...evidence]) === 'pass') return READY;
  return {
    state: 'wait',
    says: wrong.map(({ name, expected, actual }) => `${name}: expected ${expected}, found ${actual}`).join('; '),
  };
}
