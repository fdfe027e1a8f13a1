import { restoreCreated } from '../../injection/plan/created.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect } from './effect.ts';
import { PODS, plan, QUOTA, type QuotaParams, quotaRef, RESOURCES, traits } from './plan.ts';

/** Limits what a namespace may hold, so that the API server refuses new objects there. The quota's labels are the undo record. */
export const quotaExhaustion: Fault<QuotaParams> = {
  type: 'QuotaExhaustion',
  appliesTo,
  parse: parameters => ({
    quotaName: parameters.quotaName ?? '',
    hard: Object.fromEntries(RESOURCES.flatMap(name => (parameters[name] ? [[name, parameters[name]]] : []))),
  }),
  reads: (params, scope) => [
    { key: QUOTA, get: quotaRef(params, scope) },
    { key: PODS, list: { apiVersion: 'v1', kind: 'Pod', namespace: scope.namespace } },
  ],
  plan,
  effectReads: (params, made) => [{ key: QUOTA, get: quotaRef(params, made.scope) }],
  effect,
  restoreReads: () => [],
  restore: found => restoreCreated(found, traits),
};
