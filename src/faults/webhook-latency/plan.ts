import { generateKeyPairSync } from 'node:crypto';
import { listIn } from '../../injection/live.ts';
import { allowedIn } from '../../injection/plan/allowed.ts';
import { type CreatedTraits, creation, creationPermissions, injectedEssence } from '../../injection/plan/created.ts';
import { blindTo } from '../../injection/plan/refuse.ts';
import { serviceNames, webhookObjects } from '../../injection/plan/webhook-objects.ts';
import { inReach } from '../../injection/reach/pod-in-reach.ts';
import { type GoValue, goJson } from '../../injection/record/go-json.ts';
import { webhookLatencyName } from '../../injection/record/markers.ts';
import { selfSigned } from '../../k8s/certificate.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { isFinished } from '../../k8s/pod.ts';
import { webhooksOf } from '../../k8s/webhooks.ts';
import type { Facts, Live, Plan, Read, Refusal, Scope } from '../contract.ts';
import { CONFIGURATION, partsOf, refusedParameters, serviceOf, type WebhookLatencyParams } from './parts.ts';

const HOUR = 3_600_000;

const podsKey = (namespace: string) => `pods in ${namespace}`;

export const traits: CreatedTraits = {
  type: 'WebhookLatency',
  kinds: ['Secret', 'Deployment', 'Service', CONFIGURATION],
  // The other three objects only serve the configuration, so their content does not matter.
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
  looksCreated: object =>
    object.metadata.name.startsWith(webhookLatencyName('').replace('default', '')) &&
    webhooksOf(object).every(({ name }) => name.endsWith('.chaos.operatorchaos.io')),
};

export const isAboutPods = ({ resources, apiGroups }: WebhookLatencyParams) =>
  apiGroups.some(group => group === '' || group === '*') &&
  resources.some(name => name === 'pods' || name.startsWith('pods/'));

export const podsRead = (namespace: string): Read => ({
  key: podsKey(namespace),
  list: { apiVersion: 'v1', kind: 'Pod', namespace },
});

/** Plans the writes, or refuses. */
export function plan(params: WebhookLatencyParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const { name } = params;
  const refusal = refusedParameters(params, scope, live);
  if (refusal !== undefined) return refusal;
  const namespaces = allowedIn(scope);
  const blind = namespaces.map(namespace => listIn(live, podsKey(namespace))).find(seen => seen.state === 'blind');
  if (blind?.state === 'blind') return blindTo('the pods whose writes would be delayed', blind.failure);
  const pods = namespaces.flatMap(namespace => {
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
  const objects = webhookObjects({ ...params, namespace, namespaces: namespaces, certificate });
  const what = `${params.resources.join(', ')} of ${params.apiGroups.map(group => group || 'core').join(', ')}`;
  const parts = partsOf(params, scope);
  const target = parts.at(-1) as ObjectRef;
  return {
    is: 'plan',
    type: 'WebhookLatency',
    id: facts.id,
    scope,
    writes: objects.map(object => creation('WebhookLatency', facts, object, creationFacts(object, params, what))),
    undo: { where: `${parts.map(nameOf).join(', ')}: deleting them ends the delay`, reversible: true },
    pods: pods.map(inReach),
    permissions: [
      ...parts.flatMap(creationPermissions),
      { verb: 'list', group: 'discovery.k8s.io', kind: 'EndpointSlice', namespace, for: 'inject' },
      ...(isAboutPods(params) ? namespaces.map(place => podsPermission(place)) : []),
    ],
    warnings: [
      `every CREATE and UPDATE of ${what} in ${namespaces.join(', ')} takes ${params.delay} longer, for every user`,
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

function creationFacts(
  object: KubeObject,
  { delay }: WebhookLatencyParams,
  what: string,
): { says: string; injected: string } {
  const name = nameOf(refOf(object));
  const says = object.kind === CONFIGURATION ? `delay writes of ${what} by ${delay} with ${name}` : `create ${name}`;
  return { says, injected: injectedEssence(traits, object) };
}
