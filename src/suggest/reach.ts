import { loadExperiment } from '../experiment/load.ts';
import type { Facts } from '../faults/contract.ts';
import { faultOf } from '../faults/registry.ts';
import { isRefusal } from '../injection/plan/refuse.ts';
import type { Api } from '../kube/client/api.ts';
import { readAndPlan, scopeOf } from '../safety/read-and-plan.ts';
import { type Draft, draftText } from './draft.ts';

/**
 * Sets the limit of affected pods to the number that the fault would affect now. The draft is unchanged when the
 * fault cannot be planned: the preview says why.
 */
export async function withReach(
  api: Api,
  draft: Draft,
  facts: (experiment: string) => Facts,
  signal?: AbortSignal,
): Promise<Draft> {
  const loading = loadExperiment(draftText(draft), draft.name);
  if (!loading.ok) return draft;
  const { loaded } = loading;
  const fault = faultOf(draft.type);
  const params = fault.parse(loaded.experiment.spec.injection.parameters);
  const of = { params, scope: scopeOf(loaded), facts: () => facts(draft.name) };
  const { plan } = await readAndPlan(api, fault, of, signal);
  return isRefusal(plan) ? draft : { ...draft, maxPods: String(Math.max(1, plan.pods.length)) };
}
