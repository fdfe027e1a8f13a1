import { generateKeyPairSync } from 'node:crypto';
import { allowedIn } from '../../injection/allowed.ts';
import {
  type CreatedTraits,
  createdReadBack,
  creation,
  creationPermissions,
  injectedEssence,
  restoreCreated,
} from '../../injection/created.ts';
import { listIn } from '../../injection/live.ts';
import { inReach } from '../../injection/pod-in-reach.ts';
import { type GoValue, goJson } from '../../injection/record/go-json.ts';
import { webhookLatencyName } from '../../injection/record/markers.ts';
import { blindTo } from '../../injection/refuse.ts';
import { serviceNames, webhookObjects } from '../../injection/webhook-objects.ts';
import { selfSigned } from '../../k8s/certificate.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { isFinished } from '../../k8s/pod.ts';
import { webhooksOf } from '../../k8s/webhooks.ts';
import { parseDuration } from '../../text/duration.ts';
import type { Effect, Facts, Fault, Live, Plan, Read, Refusal, Scope } from '../contract.ts';
import {
  CONFIGURATION,
  definitions,
  parseLatency,
  partsOf,
  serviceOf,
  unusable,
  type WebhookLatencyParams,
} from './parts.ts';

const HOUR = 3_600_000;
const ENDPOINTS = 'endpoints';
const podsKey = (namespace: string) => `pods in ${namespace}`;

const traits: CreatedTraits = {
  type: 'WebhookLatency',
  kinds: ['Secret', 'Deployment', 'Service', CONFIGURATION],
  // The other three only serve this one, whatever was made of them.
  essence: object =>
    object.kind === CONFIGURATION
      ? goJson(
          webhooksOf(object).map(({ name, clientConfig, rules = [] }) => ({
            name,
            service: serviceOf(clientConfig),
            rules,
          })) as unknown as GoValue,
        )
      : '',
  looksMade: object =>
    object.metadata.name.startsWith(webhookLatencyName('').replace('default', '')) &&
    webhooksOf(object).every(({ name }) => name.endsWith('.chaos.operatorchaos.io')),
};

/** Delays writes of some resources with a webhook that answers late. Its four objects are their own record. */
export const webhookLatency: Fault<WebhookLatencyParams> = {
  type: 'WebhookLatency',
  parse: parseLatency,
  reads: (params, scope) => [
    ...partsOf(params, scope).map((get): Read => ({ key: nameOf(get), get })),
    ...definitions(params),
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

const isAboutPods = ({ resources, apiGroups }: WebhookLatencyParams) =>
  apiGroups.some(group => group === '' || group === '*') &&
  resources.some(name => name === 'pods' || name.startsWith('pods/'));

const podsRead = (namespace: string): Read => ({
  key: podsKey(namespace),
  list: { apiVersion: 'v1', kind: 'Pod', namespace },
});

function plan(params: WebhookLatencyParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const { name } = params;
  const no = unusable(params, scope, live);
  if (no !== undefined) return no;
  const meets = allowedIn(scope);
  const blind = meets.map(namespace => listIn(live, podsKey(namespace))).find(seen => seen.state === 'blind');
  if (blind?.state === 'blind') return blindTo('the pods whose writes would be delayed', blind.failure);
  const pods = meets.flatMap(namespace => {
    const seen = listIn(live, podsKey(namespace));
    return seen.state === 'found' ? seen.value.filter(pod => !isFinished(pod)) : [];
  });
  const keys = (facts.keyPair ?? newKeys)();
  const { namespace } = scope;
  const certificate = selfSigned(keys, {
    commonName: `${name}.${namespace}.svc`,
    dnsNames: serviceNames(name, namespace),
    from: facts.at - HOUR,
    until: (facts.expires ?? facts.at) + 24 * HOUR,
  });
  const objects = webhookObjects({ ...params, namespace, meets, certificate });
  const what = `${params.resources.join(', ')} of ${params.apiGroups.map(group => group || 'core').join(', ')}`;
  const parts = partsOf(params, scope);
  const target = parts.at(-1) as ObjectRef;
  return {
    kind: 'plan',
    type: 'WebhookLatency',
    id: facts.id,
    scope,
    writes: objects.map(object => creation('WebhookLatency', facts, object, madeBy(object, params, what))),
    undo: { where: `${parts.map(nameOf).join(', ')}: deleting them ends the delay`, reversible: true },
    pods: pods.map(inReach),
    permissions: [
      ...parts.flatMap(creationPermissions),
      { verb: 'list', group: 'discovery.k8s.io', kind: 'EndpointSlice', namespace, for: 'inject' },
      ...(isAboutPods(params) ? meets.map(place => podsPermission(place)) : []),
    ],
    warnings: [
      `every CREATE and UPDATE of ${what} in ${meets.join(', ')} takes ${params.delay} longer, whoever writes`,
      `nothing is delayed until a pod of image ${params.image} is Ready in ${namespace}`,
      'the delay is proven by timing a dry-run patch that changes nothing, which needs the right to patch one of them',
    ],
    target,
  };
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const podsPermission = (namespace: string) => ({
  verb: 'list',
  group: '',
  kind: 'Pod',
  namespace,
  for: 'inject' as const,
});

function madeBy(object: KubeObject, { delay }: WebhookLatencyParams, what: string): { says: string; injected: string } {
  const name = nameOf(refOf(object));
  const says = object.kind === CONFIGURATION ? `delay writes of ${what} by ${delay} with ${name}` : `create ${name}`;
  return { says, injected: injectedEssence(traits, object) };
}

interface Slice {
  /** The server writes null where there are none. */
  endpoints?: { conditions?: { ready?: boolean } }[] | null;
}

/** The API server calls the webhook for every matching write, and somebody is there to answer late. */
function effect(params: WebhookLatencyParams, made: Plan, live: Live): Effect {
  const back = createdReadBack(made, live, nameOf(made.target));
  if ('effect' in back) return back.effect;
  const stands = `${nameOf(made.target)} is called for ${params.resources.join(', ')}`;
  const slices = listIn(live, ENDPOINTS);
  if (slices.state !== 'found')
    return { state: 'pending', evidence: [stands, `the endpoints of Service ${params.name} could not be read`] };
  const ready = (slices.value as (KubeObject & Slice)[])
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false).length;
  return ready > 0
    ? {
        state: 'proven',
        evidence: [stands, `Service ${params.name} has ${ready} ready endpoint`],
      }
    : {
        state: 'pending',
        evidence: [stands, `Service ${params.name} has no ready endpoint, so calls fail at once and are passed over`],
      };
}
