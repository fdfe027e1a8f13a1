import { itemsOf, listIn, objectIn } from '../../injection/live.ts';
import { type CreatedTraits, occupied } from '../../injection/plan/created.ts';
import { createdPlan, POD } from '../../injection/plan/created-plan.ts';
import { blindTo, refuse } from '../../injection/plan/refuse.ts';
import { goJson } from '../../injection/record/go-json.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { isActive } from '../../k8s/pod.ts';
import { quantityOf } from '../../k8s/quantity.ts';
import type { Facts, Live, Plan, Refusal, Scope } from '../contract.ts';

export type Hard = Readonly<Record<string, string>>;

export interface QuotaParams {
  quotaName: string;
  hard: Hard;
}

export const QUOTA = 'quota';

export const PODS = 'pods';

/** The resources that may be limited, each a parameter. */
export const RESOURCES = ['cpu', 'memory', 'pods', 'services', 'configmaps', 'secrets'];

/** Resources that a pod must ask for explicitly where they are limited. */
export const REQUESTED = ['cpu', 'memory'];

export const hardOf = (holder: unknown): Hard => ((holder ?? {}) as { hard?: Hard }).hard ?? {};

/** The limits with their quantities as numbers, because the server rewrites quantities (`1000m` becomes `1`). */
function amounts(hard: Hard): string {
  const entries = Object.entries(hard).map(([name, amount]) => [name, quantityOf(amount) ?? String(amount)]);
  return goJson(Object.fromEntries(entries));
}

export const traits: CreatedTraits = {
  type: 'QuotaExhaustion',
  kinds: ['ResourceQuota'],
  essence: quota => amounts(hardOf(quota.spec)),
  looksCreated: quota => Object.keys(hardOf(quota.spec)).length > 0,
};

export function quotaRef({ quotaName }: QuotaParams, { namespace }: Scope): ObjectRef {
  return { apiVersion: 'v1', kind: 'ResourceQuota', namespace, name: quotaName };
}

/** Plans the writes, or refuses. */
export function plan(params: QuotaParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const { hard } = params;
  const limits = Object.entries(hard);
  if (limits.length === 0) return refuse('invalid', `expected at least one of ${RESOURCES.join(', ')}, found none`);
  const bad = limits.find(([, amount]) => !((quantityOf(amount) ?? -1) >= 0));
  if (bad !== undefined)
    return refuse('invalid', `${bad[0]}: expected a quantity such as "10" or "2Gi", found "${bad[1]}"`);
  const ref = quotaRef(params, scope);
  const taken = occupied(objectIn(live, QUOTA), ref, 'and a chaos tool made it');
  if (taken !== undefined) return taken;
  const pods = listIn(live, PODS);
  if (pods.state === 'blind') return blindTo(`the pods of ${scope.namespace}, which the quota counts`, pods.failure);
  const running = itemsOf(pods).filter(isActive);
  const quota: KubeObject = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: params.quotaName, namespace: scope.namespace },
    spec: { hard: { ...hard } },
  };
  return createdPlan({
    traits,
    scope,
    facts,
    object: quota,
    says: `limit ${scope.namespace} to ${limits.map(([name, amount]) => `${name} ${amount}`).join(', ')}`,
    ends: 'lifts the limit',
    pods: running,
    listed: [POD],
    warnings: warningsFor(hard, running.length, scope),
  });
}

function warningsFor(hard: Hard, pods: number, { namespace }: Scope): string[] {
  const requested = REQUESTED.filter(name => hard[name] !== undefined);
  const room = (quantityOf(hard.pods ?? 'none') ?? 0) - pods;
  return [
    `everything that runs in ${namespace} keeps running; the API server refuses only new objects, from every user`,
    ...(requested.length > 0
      ? [`every new pod in ${namespace} that asks for no ${requested.join(' or ')} is refused`]
      : []),
    ...(room > 0 ? [`the quota leaves room for ${room} more pods, so nothing is refused until they are used up`] : []),
  ];
}
