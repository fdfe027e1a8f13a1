import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import type { Fields } from '../../../k8s/fields.ts';
import { fields, list, number, text } from '../../../k8s/fields.ts';
import { type Route, routeTo, type ServiceTarget, targetOf } from '../../facts/service-route.ts';

/** The two kinds of webhook configurations. */
export const CONFIGURATIONS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const;

/** One webhook of a configuration. */
export interface Hook {
  configuration: ViewObject;
  name: string;
  index: number;
  /** Whether a request is refused when the webhook cannot be called. */
  blocking: boolean;
  timeoutSeconds: number;
  /** Its target: a Service, or a URL. `service` is also set when the URL names a Service. */
  service: ServiceTarget | undefined;
  url: string | undefined;
  caBundle: string;
  rules: readonly Fields[];
  namespaceSelector: Fields;
  objectSelector: Fields;
  conditional: boolean;
}

/** Every webhook of every configuration that is not being deleted. */
export function* hooksOf(view: ClusterView): Iterable<Hook> {
  for (const configuration of view.all(...CONFIGURATIONS)) for (const hook of hooksIn(configuration)) yield hook;
}

/** The webhooks of one configuration. */
export const hooksIn = (configuration: ViewObject): Hook[] =>
  list(configuration.webhooks).map((one, index) => {
    const client = fields(one.clientConfig);
    const url = text(client.url) || undefined;
    return {
      configuration,
      name: text(one.name),
      index,
      blocking: text(one.failurePolicy) !== 'Ignore',
      timeoutSeconds: number(one.timeoutSeconds, 10),
      service: targetOf(client.service) ?? serviceInUrl(url),
      url,
      caBundle: text(client.caBundle),
      rules: list(one.rules),
      namespaceSelector: fields(one.namespaceSelector),
      objectSelector: fields(one.objectSelector),
      conditional: list(one.matchConditions).length > 0,
    };
  });

/** `https://hook.tools.svc:8443/validate` names a Service, too. */
function serviceInUrl(url: string | undefined): ServiceTarget | undefined {
  const match = /^https:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?(?::(\d+))?(?:\/|$)/.exec(url ?? '');
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { name: match[1], namespace: match[2], port: Number(match[3] ?? 443) };
}

/**
 * The route of this webhook's calls; undefined for a URL that names no Service, whose server is outside the cluster.
 */
export const routeOf = (view: ClusterView, { service }: Hook): Route | undefined => service && routeTo(view, service);

/** `webhooks[0] validate.example.com`, for evidence. */
export const hookText = ({ index, name, blocking, timeoutSeconds }: Hook): string =>
  `webhooks[${index}] ${name}: failurePolicy ${blocking ? 'Fail' : 'Ignore'}, timeoutSeconds ${timeoutSeconds}`;
