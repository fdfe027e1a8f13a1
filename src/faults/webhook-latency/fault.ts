import { allowedIn } from '../../injection/plan/allowed.ts';
import { restoreCreated } from '../../injection/plan/created.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { parseDuration } from '../../text/duration.ts';
import type { Fault, Read } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { ENDPOINTS, effect } from './effect.ts';
import { definitionReads, parseLatency, partsOf, type WebhookLatencyParams } from './parts.ts';
import { isAboutPods, plan, podsRead, traits } from './plan.ts';

/** Delays writes of some resources with a webhook that answers late. The labels of its four objects are the undo record. */
export const webhookLatency: Fault<WebhookLatencyParams> = {
  type: 'WebhookLatency',
  appliesTo,
  parse: parseLatency,
  reads: (params, scope) => [
    ...partsOf(params, scope).map((get): Read => ({ key: nameOf(get), get })),
    ...definitionReads(params),
    ...(isAboutPods(params) ? allowedIn(scope).map(podsRead) : []),
  ],
  plan,
  effectReads: (params, made) => [
    { key: nameOf(made.target), get: made.target },
    {
      key: ENDPOINTS,
      list: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace: made.scope.namespace },
      labelSelector: `kubernetes.io/service-name=${params.name}`,
    },
  ],
  effect,
  slows: ({ apiGroups, resources, delay, name }, { scope }) => ({
    groups: apiGroups,
    resources,
    namespaces: allowedIn(scope),
    labelSelector: `app!=${name}`,
    atLeastMs: parseDuration(delay) ?? 0,
  }),
  restoreReads: () => [],
  restore: found => restoreCreated(found, traits),
};
