import { generateKeyPairSync } from 'node:crypto';
import type { KubeObject, ObjectRef } from '../../kube/object.ts';
import { selfSigned } from '../../text/certificate.ts';
import { allowedIn } from '../allowed.ts';
import {
  createdReadBack,
  creation,
  creationPermissions,
  injectedEssence,
  type Maker,
  occupied,
  restoreCreated,
} from '../created.ts';
import type { Effect, Facts, Fault, Live, Plan, Read, Refusal, Scope } from '../fault.ts';
import { type GoValue, goJson } from '../go-json.ts';
import { refOf } from '../json-patch.ts';
import { listIn, objectIn } from '../live.ts';
import { webhookLatencyName } from '../markers.ts';
import { nameOf } from '../name.ts';
import { inReach, isFinished } from '../pods.ts';
import { blindTo, refuse } from '../refuse.ts';
import { certsName, serviceNames, webhookObjects } from '../webhook-objects.ts';
import { webhooksOf } from '../webhooks.ts';

interface WebhookLatencyParams {
  resources: string[];
  apiGroups: string[];
  delay: string;
  image: string;
  /** Of the Deployment, the Service and the webhook configuration. */
  name: string;
}

const DEFAULT_DELAY = '25s';
/** This program's own image; whoever keeps it under another name says so with the parameter `image`. */
const DEFAULT_IMAGE = 'mayday:latest';
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const HOUR = 3_600_000;
const ENDPOINTS = 'endpoints';
const CONFIGURATION = 'ValidatingWebhookConfiguration';
const podsKey = (namespace: string) => `pods in ${namespace}`;

const maker: Maker = {
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

const serviceOf = (client: { service?: { namespace: string; name: string } } | undefined) =>
  `${client?.service?.namespace ?? ''}/${client?.service?.name ?? ''}`;

/** Delays writes of some resources with a webhook that answers late. Its four objects are their own record. */
export const webhookLatency: Fault<WebhookLatencyParams> = {
  type: 'WebhookLatency',
  expects: 'survive',
  parse: ({ resources = '', apiGroups = '', delay, image }) => ({
    resources: listed(resources),
    // The core group has no name, so that it is asked for by this one.
    apiGroups: listed(apiGroups).map(group => (group === 'core' ? '' : group)),
    delay: delay || DEFAULT_DELAY,
    image: image || DEFAULT_IMAGE,
    name: webhookLatencyName(resources),
  }),
  danger: () => 'high',
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
  restoreReads: () => [],
  restore: found => restoreCreated(found, maker),
};

const listed = (text: string) =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');

const isAboutPods = ({ resources, apiGroups }: WebhookLatencyParams) =>
  apiGroups.some(group => group === '' || group === '*') &&
  resources.some(name => name === 'pods' || name.startsWith('pods/'));

const podsRead = (namespace: string): Read => ({
  key: podsKey(namespace),
  list: { apiVersion: 'v1', kind: 'Pod', namespace },
});

/** Where each of the four objects will stand. */
function partsOf({ name }: WebhookLatencyParams, { namespace }: Scope): ObjectRef[] {
  return [
    { apiVersion: 'v1', kind: 'Secret', namespace, name: certsName(name) },
    { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name },
    { apiVersion: 'v1', kind: 'Service', namespace, name },
    { apiVersion: 'admissionregistration.k8s.io/v1', kind: CONFIGURATION, name },
  ];
}

/** Which of the resources live in no namespace: custom ones say so themselves. */
function definitions({ resources, apiGroups }: WebhookLatencyParams): Read[] {
  const names = apiGroups
    .filter(group => group.includes('.'))
    .flatMap(group => resources.map(resource => `${resource}.${group}`));
  return names.map(name => ({
    key: name,
    get: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name },
  }));
}

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
  return { says, injected: injectedEssence(maker, object) };
}

function unusable(params: WebhookLatencyParams, scope: Scope, live: Live): Refusal | undefined {
  const { name, resources, apiGroups } = params;
  if (!NAME.test(name) || name.length > 63)
    return refuse(
      'invalid',
      `resources ${resources.join(', ')} would make the name ${name}, which no Service can have`,
    );
  if (allowedIn(scope).length === 0)
    return refuse('outside-blast-radius', 'expected at least one allowed namespace, found none');
  for (const ref of partsOf(params, scope)) {
    const seen = objectIn(live, nameOf(ref));
    const taken = occupied(seen, ref, seen.state === 'found' ? servedBy(seen.value) : '');
    if (taken !== undefined) return taken;
  }
  for (const { key } of definitions(params)) {
    const seen = objectIn(live, key);
    const scoped = seen.state === 'found' ? (seen.value.spec as { scope?: string } | undefined)?.scope : undefined;
    if (scoped === 'Cluster')
      return refuse(
        'outside-blast-radius',
        `${key} is in no namespace: delaying it would reach beyond ${allowedIn(scope).join(', ')}`,
      );
  }
  return apiGroups.length === 0 || resources.length === 0
    ? refuse('invalid', 'expected resources and apiGroups, found none')
    : undefined;
}

/** One configuration for the whole cluster: the same resources in another namespace lead to its name too. */
function servedBy(object: KubeObject): string {
  const [hook] = webhooksOf(object);
  return hook === undefined ? 'as part of such an injection' : `for Service ${serviceOf(hook.clientConfig)}`;
}

interface Slice {
  endpoints?: { conditions?: { ready?: boolean } }[];
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
    .flatMap(({ endpoints = [] }) => endpoints)
    .filter(({ conditions }) => conditions?.ready !== false).length;
  return ready > 0
    ? {
        state: 'proven',
        evidence: [stands, `Service ${params.name} has ${ready} ready endpoint that answers after ${params.delay}`],
      }
    : {
        state: 'pending',
        evidence: [stands, `Service ${params.name} has no ready endpoint, so calls fail at once and are passed over`],
      };
}
