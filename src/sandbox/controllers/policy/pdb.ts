import { conditionOf } from '../conditions.ts';
import type { Condition, IntOrString, Obj, Pod, Selector } from '../kinds.ts';
import { isActive, isReady } from '../pods.ts';
import { scaled } from '../workloads/rollout.ts';

export interface DisruptionBudget extends Obj {
  spec?: { minAvailable?: IntOrString; maxUnavailable?: IntOrString; selector?: Selector };
  status?: {
    observedGeneration?: number;
    disruptionsAllowed?: number;
    currentHealthy?: number;
    desiredHealthy?: number;
    expectedPods?: number;
    disruptedPods?: Record<string, string>;
    conditions?: Condition[];
  };
}

/**
 * The status of a budget over its pods (kubernetes v1.36 pkg/controller/disruption).
 *
 * @param scale how many pods the pods' controllers ask for together
 */
export function budgetStatus(
  pdb: DisruptionBudget,
  pods: readonly Pod[],
  scale: number,
  at: string,
): NonNullable<DisruptionBudget['status']> {
  const { minAvailable, maxUnavailable } = pdb.spec ?? {};
  const active = pods.filter(isActive);
  const there = new Set(pods.map(p => p.metadata.name));
  const disrupted = Object.fromEntries(
    Object.entries(pdb.status?.disruptedPods ?? {}).filter(([name]) => there.has(name)),
  );
  const currentHealthy = active.filter(p => isReady(p) && disrupted[p.metadata.name] === undefined).length;
  const byCount = typeof minAvailable === 'number';
  const expectedPods = byCount ? active.length : scale;
  const desiredHealthy =
    maxUnavailable !== undefined
      ? Math.max(0, expectedPods - scaled(maxUnavailable, expectedPods, true))
      : scaled(minAvailable ?? 1, expectedPods, true);
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  const old = conditionOf(pdb.status?.conditions, 'DisruptionAllowed');
  const status = disruptionsAllowed > 0 ? 'True' : 'False';
  return {
    observedGeneration: pdb.metadata.generation ?? 1,
    ...(Object.keys(disrupted).length > 0 && { disruptedPods: disrupted }),
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    conditions: [
      {
        type: 'DisruptionAllowed',
        status,
        observedGeneration: pdb.metadata.generation ?? 1,
        lastTransitionTime: old?.status === status ? (old.lastTransitionTime ?? at) : at,
        reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        message: '',
      },
    ],
  };
}
