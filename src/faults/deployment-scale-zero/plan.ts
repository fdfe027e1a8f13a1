import { itemsOf, listIn } from '../../injection/live.ts';
import { deploymentPlan } from '../../injection/plan/deployment-plan.ts';
import { isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { deploymentReads, deploymentTarget } from '../../injection/reach/rollout.ts';
import { ORIGINAL_REPLICAS } from '../../injection/record/markers.ts';
import { deploymentSpec } from '../../k8s/deployment.ts';
import { pointer, set } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { Facts, Live, Plan, Read, Refusal, Scope } from '../contract.ts';

export interface ScaleZeroParams {
  name: string;
}

export const REPLICAS = pointer('spec', 'replicas');

const AUTOSCALERS = 'autoscalers';

/** What must be fetched before anything is decided. */
export function reads(params: ScaleZeroParams, scope: Scope, live: Live): Read[] {
  const { namespace } = scope;
  const list = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace };
  return [...deploymentReads(params, scope, live), { key: AUTOSCALERS, list }];
}

export const replicasOf = (deployment: KubeObject): number => deploymentSpec(deployment).replicas ?? 1;

/** Plans the writes, or refuses. */
export function plan(params: ScaleZeroParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const found = deploymentTarget(params, scope, live);
  if (isRefusal(found)) return found;
  const { target, pods } = found;
  const name = nameOf(refOf(target));
  const replicas = replicasOf(target);
  if (replicas === 0) return refuse('no-effect', `${name} is already scaled to 0: nothing would change`);
  return deploymentPlan({
    type: 'DeploymentScaleZero',
    scope,
    facts,
    target,
    pods,
    records: { [ORIGINAL_REPLICAS]: String(replicas) },
    injected: '0',
    operations: [set(REPLICAS, 0)],
    says: `scale ${name} from ${replicas} to 0`,
    warnings: autoscalerWarnings(params, live),
  });
}

function autoscalerWarnings({ name }: ScaleZeroParams, live: Live): string[] {
  const seen = listIn(live, AUTOSCALERS);
  if (seen.state === 'blind')
    return [`autoscalers cannot be read (${seen.failure.message}): one that scales this Deployment stops at 0`];
  const own = itemsOf(seen).filter(({ spec }) => {
    const { scaleTargetRef: of } = (spec ?? {}) as { scaleTargetRef?: { kind?: string; name?: string } };
    return of?.kind === 'Deployment' && of.name === name;
  });
  return own.map(scaler => `HorizontalPodAutoscaler ${scaler.metadata.name} stops scaling while replicas is 0`);
}
