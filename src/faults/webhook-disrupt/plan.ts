import { itemsOf, listIn, objectIn } from '../../injection/live.ts';
import { blindTo, injectable, isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { victimPlan } from '../../injection/plan/victim-plan.ts';
import { reachedBy, reachRead } from '../../injection/reach/reach.ts';
import { pointer, set, test } from '../../k8s/json-patch.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { type FailurePolicy, failurePolicyOf, type ServiceRef, type Webhook, webhooksOf } from '../../k8s/webhooks.ts';
import { counted } from '../../text/counted.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Facts, Live, Plan, Read, Refusal, Scope } from '../contract.ts';

export interface WebhookDisruptParams {
  /** The configuration's name, or a selector that must lead to exactly one. */
  webhookName?: string;
  webhookLabelSelector?: string;
  kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration';
  value: FailurePolicy;
}

export const TARGET = 'target';

const CANDIDATES = 'candidates';

const API_VERSION = 'admissionregistration.k8s.io/v1';

const serviceKey = (of: ServiceRef) => `service ${of.namespace}/${of.name}`;

const podsKey = (of: ServiceRef) => `pods of ${of.namespace}/${of.name}`;

const targetRef = ({ kind, webhookName = '' }: WebhookDisruptParams): ObjectRef => ({
  apiVersion: API_VERSION,
  kind,
  name: webhookName,
});

/** The configuration, then the services that it calls, then the pods behind them. */
export function reads(params: WebhookDisruptParams, _scope: Scope, live: Live): Read[] {
  const first: Read =
    params.webhookName === undefined
      ? {
          key: CANDIDATES,
          list: { apiVersion: API_VERSION, kind: params.kind },
          labelSelector: params.webhookLabelSelector ?? '',
        }
      : { key: TARGET, get: targetRef(params) };
  const target = chosen(params, live);
  if (isRefusal(target)) return [first];
  return [first, ...servicesOf(target).flatMap(service => serviceReads(service, live))];
}

function serviceReads(of: ServiceRef, live: Live): Read[] {
  const get = { apiVersion: 'v1', kind: 'Service', namespace: of.namespace, name: of.name };
  const service = objectIn(live, serviceKey(of));
  return [{ key: serviceKey(of), get }, ...(service.state === 'found' ? reachRead(service.value, podsKey(of)) : [])];
}

/** The one configuration that the parameters select. The selector is resolved only here; the revert does not use it. */
function chosen(params: WebhookDisruptParams, live: Live): KubeObject | Refusal {
  if (params.webhookName !== undefined) return injectable(objectIn(live, TARGET), targetRef(params));
  const seen = listIn(live, CANDIDATES);
  const where = `${params.kind} with ${params.webhookLabelSelector ?? '(no selector)'}`;
  if (seen.state === 'blind') return blindTo(where, seen.failure);
  const found = itemsOf(seen);
  const [only] = found;
  if (only === undefined || found.length > 1) {
    const names = found.map(item => item.metadata.name).join(', ');
    return refuse('no-match', `expected exactly one ${where}, found ${names || 'none'}`);
  }
  const object = { ...only, apiVersion: API_VERSION, kind: params.kind };
  return injectable({ state: 'found', value: object }, refOf(object));
}

function servicesOf(target: KubeObject): ServiceRef[] {
  const services = webhooksOf(target).flatMap(webhook => webhook.clientConfig?.service ?? []);
  return [...new Map(services.map(service => [serviceKey(service), service])).values()];
}

/** Plans the writes, or refuses. */
export function plan(params: WebhookDisruptParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const target = chosen(params, live);
  if (isRefusal(target)) return target;
  const webhooks = webhooksOf(target);
  const name = nameOf(refOf(target));
  if (webhooks.every(webhook => failurePolicyOf(webhook) === params.value)) {
    const why = webhooks.length === 0 ? 'has no webhooks' : `has policy ${params.value} in every webhook`;
    return refuse('no-effect', `${name} already ${why}: nothing would change`);
  }
  const pods = podsBehind(target, live);
  if (isRefusal(pods)) return pods;
  return victimPlan({
    type: 'WebhookDisrupt',
    scope,
    facts,
    target,
    payload: Object.fromEntries(webhooks.map(webhook => [webhook.name, webhook.failurePolicy ?? ''])),
    injected: params.value,
    operations: webhooks.flatMap((webhook, index) => [
      test(pointer('webhooks', index, 'name'), webhook.name),
      set(pointer('webhooks', index, 'failurePolicy'), params.value),
    ]),
    says: `set failurePolicy ${params.value} on ${counted(webhooks.length, 'webhook')} of ${name}`,
    pods,
    warnings: warnings(params, target, live),
    permissions: [
      ...(params.webhookName === undefined
        ? [{ verb: 'list', group: 'admissionregistration.k8s.io', kind: params.kind, for: 'inject' } as const]
        : []),
      ...servicesOf(target).flatMap(({ namespace, name: service }) => [
        { verb: 'get', group: '', kind: 'Service', namespace, name: service, for: 'inject' } as const,
        { verb: 'list', group: '', kind: 'Pod', namespace, for: 'inject' } as const,
      ]),
    ],
  });
}

function podsBehind(target: KubeObject, live: Live): KubeObject[] | Refusal {
  const reached = new Map<string, KubeObject>();
  for (const of of servicesOf(target)) {
    const service = objectIn(live, serviceKey(of));
    const pods = listIn(live, podsKey(of));
    if (service.state === 'blind') return blindTo(`Service ${of.namespace}/${of.name}`, service.failure);
    if (pods.state === 'blind') return blindTo(`the pods of Service ${of.namespace}/${of.name}`, pods.failure);
    if (service.state !== 'found' || pods.state !== 'found') continue;
    for (const pod of reachedBy(service.value, pods.value)) reached.set(pod.metadata.uid ?? '', pod);
  }
  return [...reached.values()];
}

/** Warnings about the consequences of the policy for requests. */
function warnings({ value }: WebhookDisruptParams, target: KubeObject, live: Live): string[] {
  const webhooks = webhooksOf(target);
  if (value === 'Ignore') return ['requests that a failing webhook would have refused are let through'];
  const withoutPods = webhooks.filter(({ clientConfig }) => {
    const service = clientConfig?.service;
    const pods = service === undefined ? undefined : listIn(live, podsKey(service));
    return service !== undefined && !(pods?.state === 'found' && pods.value.length > 0);
  });
  return withoutPods.map(
    webhook =>
      `webhook ${sanitise(webhook.name, 120)} has no pod behind it: with policy Fail every request for ${covered(webhook)} is refused`,
  );
}

const covered = ({ rules = [] }: Webhook): string =>
  sanitise([...new Set(rules.flatMap(rule => rule.resources ?? []))].join(', ') || 'what it covers', 200);
