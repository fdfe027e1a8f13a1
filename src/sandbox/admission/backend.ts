import { messageOf } from '../../text/message-of.ts';
import type { Kernel } from '../api/kernel.ts';
import type { AdmissionAnswer, AdmissionRequest, WebhookBackend } from '../context.ts';
import { each, part } from '../defaults/fill.ts';
import { delayingBackend } from './delaying.ts';
import { callLocalServer, isOnThisMachine } from './loopback.ts';
import type { Webhook } from './match.ts';

type ServiceTarget = NonNullable<Webhook['clientConfig']['service']>;

const DEFAULT_TIMEOUT = 10;

function urlOf({ clientConfig, timeoutSeconds = DEFAULT_TIMEOUT }: Webhook): string {
  const { service, url = '' } = clientConfig;
  const base = service
    ? `https://${service.name}.${service.namespace}.svc:${service.port ?? 443}${pathOf(service)}`
    : url;
  return `${base}?timeout=${timeoutSeconds}s`;
}

const pathOf = ({ path }: ServiceTarget): string => (!path ? '/' : path.startsWith('/') ? path : `/${path}`);

/** The first ready endpoint of a Service, or why there is none. */
function endpointOf(
  kernel: Pick<Kernel, 'store'>,
  { namespace, name, port = 443 }: ServiceTarget,
): { address: string } | { none: string } {
  const service = kernel.store.get('services', namespace, name);
  if (!service) return { none: `service "${name}" not found` };
  if (!each(part(service, 'spec'), 'ports').some(p => p.port === port))
    return { none: `no service port ${port} found for service "${name}"` };
  const slices = kernel.store.list('endpointslices.discovery.k8s.io', namespace, {
    matchLabels: { 'kubernetes.io/service-name': name },
  });
  for (const slice of slices)
    for (const endpoint of each(slice, 'endpoints')) {
      const address = Array.isArray(endpoint.addresses) ? endpoint.addresses[0] : undefined;
      if (part(endpoint, 'conditions')?.ready !== false && typeof address === 'string')
        return { address: `${address}:${String(each(slice, 'ports')[0]?.port ?? port)}` };
    }
  return { none: `no endpoints available for service "${name}"` };
}

/**
 * Why a call to a server that the sandbox does not simulate fails: no such Service, no endpoints, or a refused
 * connection.
 */
export function serviceFailure(kernel: Pick<Kernel, 'store'>, target: ServiceTarget): string {
  const endpoint = endpointOf(kernel, target);
  return 'none' in endpoint ? endpoint.none : `dial tcp ${endpoint.address}: connect: connection refused`;
}

/**
 * The failure of a call to another machine. The sandbox calls only this one: other names do not resolve, other
 * addresses refuse.
 */
function connectionFailure(url: string): string {
  const { hostname, port } = URL.canParse(url) ? new URL(url) : { hostname: url, port: '' };
  const isAddress = /^[\d.]+$|^\[/.test(hostname);
  return isAddress
    ? `dial tcp ${hostname}:${port || '443'}: connect: connection refused`
    : `dial tcp: lookup ${hostname}: no such host`;
}

/** The simulated server behind a webhook, or the error of the failed connection. */
function resolveBackend(
  kernel: Kernel,
  hook: Webhook,
): { backend: WebhookBackend; path: string } | { failure: string } {
  const { service, url = '' } = hook.clientConfig;
  if (!service) return { failure: connectionFailure(url) };
  const endpoint = endpointOf(kernel, service);
  if ('none' in endpoint) return { failure: endpoint.none };
  const backend =
    kernel.webhooks.get(`${service.namespace}/${service.name}`) ??
    delayingBackend(kernel, service.namespace, service.name);
  if (!backend) return { failure: `dial tcp ${endpoint.address}: connect: connection refused` };
  return { backend, path: pathOf(service) };
}

/**
 * Calls the server behind a webhook. Throws an Error worded as the API server words it: no such service, no
 * endpoints, connection refused, deadline exceeded, or what the server itself throws.
 */
export async function callBackend(kernel: Kernel, hook: Webhook, request: AdmissionRequest): Promise<AdmissionAnswer> {
  const failed = (why: string) => new Error(`Post "${urlOf(hook)}": ${why}`);
  const { url, caBundle } = hook.clientConfig;
  if (url !== undefined && isOnThisMachine(url)) {
    const answer = callLocalServer(urlOf(hook), caBundle, hook.timeoutSeconds ?? DEFAULT_TIMEOUT, request);
    return answer.catch((error: Error) => {
      throw failed(error.message);
    });
  }
  const target = resolveBackend(kernel, hook);
  if ('failure' in target) throw failed(target.failure);
  let cancel = () => {};
  const deadline = new Promise<never>((_, reject) => {
    const seconds = hook.timeoutSeconds ?? DEFAULT_TIMEOUT;
    const timer = kernel.clock.setTimeout(() => reject(new Error('context deadline exceeded')), seconds * 1000);
    cancel = () => timer.cancel();
  });
  try {
    return await Promise.race([Promise.resolve(target.backend(target.path, request)), deadline]);
  } catch (error) {
    throw failed(messageOf(error));
  } finally {
    cancel();
  }
}
