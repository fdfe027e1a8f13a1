import { RELEASE_IMAGE } from '../../host/version.ts';
import { objectIn } from '../../injection/live.ts';
import { allowedIn } from '../../injection/plan/allowed.ts';
import { occupied } from '../../injection/plan/created.ts';
import { refuse } from '../../injection/plan/refuse.ts';
import { certsName } from '../../injection/plan/webhook-objects.ts';
import { webhookLatencyName } from '../../injection/record/markers.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { webhooksOf } from '../../k8s/webhooks.ts';
import type { Live, Read, Refusal, Scope } from '../contract.ts';

export interface WebhookLatencyParams {
  resources: string[];
  apiGroups: string[];
  delay: string;
  image: string;
  /** Of the Deployment, the Service and the webhook configuration. */
  name: string;
}

export const CONFIGURATION = 'ValidatingWebhookConfiguration';
export const DEFAULT_DELAY = '25s';
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

export function parseLatency({
  resources = '',
  apiGroups = '',
  delay,
  image,
}: Readonly<Record<string, string>>): WebhookLatencyParams {
  return {
    resources: listed(resources),
    // The name of the core group is empty, so documents write `core`.
    apiGroups: listed(apiGroups).map(group => (group === 'core' ? '' : group)),
    delay: delay || DEFAULT_DELAY,
    // The parameter names another registry or tag.
    image: image || RELEASE_IMAGE,
    name: webhookLatencyName(resources),
  };
}

const listed = (text: string) =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');

/** The references of the four objects that the injection creates. */
export function partsOf({ name }: WebhookLatencyParams, { namespace }: Scope): ObjectRef[] {
  return [
    { apiVersion: 'v1', kind: 'Secret', namespace, name: certsName(name) },
    { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name },
    { apiVersion: 'v1', kind: 'Service', namespace, name },
    { apiVersion: 'admissionregistration.k8s.io/v1', kind: CONFIGURATION, name },
  ];
}

/** Reads the CRDs of the resources, which say whether a resource is cluster-scoped. */
export function definitionReads({ resources, apiGroups }: WebhookLatencyParams): Read[] {
  const names = apiGroups
    .filter(group => group.includes('.'))
    .flatMap(group => resources.map(resource => `${resource}.${group}`));
  return names.map(name => ({
    key: name,
    get: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name },
  }));
}

/** Why no webhook can be made of these parameters; undefined if one can. */
export function refusedParameters(params: WebhookLatencyParams, scope: Scope, live: Live): Refusal | undefined {
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
  for (const { key } of definitionReads(params)) {
    const seen = objectIn(live, key);
    const scoped = seen.state === 'found' ? (seen.value.spec as { scope?: string } | undefined)?.scope : undefined;
    if (scoped === 'Cluster')
      return refuse(
        'outside-blast-radius',
        `${key} is cluster-scoped: delaying it would affect more than ${allowedIn(scope).join(', ')}`,
      );
  }
  return apiGroups.length === 0 || resources.length === 0
    ? refuse('invalid', 'expected resources and apiGroups, found none')
    : undefined;
}

/** Describes the existing object by its Service: the configuration is cluster-scoped, so the same resources in another namespace give the same name. */
function servedBy(object: KubeObject): string {
  const [hook] = webhooksOf(object);
  return hook === undefined ? 'as part of such an injection' : `for Service ${serviceOf(hook.clientConfig)}`;
}

export const serviceOf = (client: { service?: { namespace: string; name: string } } | undefined): string =>
  `${client?.service?.namespace ?? ''}/${client?.service?.name ?? ''}`;
