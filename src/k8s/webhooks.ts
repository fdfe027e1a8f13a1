import type { KubeObject } from './object.ts';

/** What the API server does if a webhook does not answer: refuse the request, or go on without it. */
export type FailurePolicy = 'Fail' | 'Ignore';

/** The Service that a webhook is called through. */
export interface ServiceRef {
  namespace: string;
  name: string;
}

/** One webhook of a webhook configuration, with the fields used here. */
export interface Webhook {
  name: string;
  failurePolicy?: FailurePolicy;
  clientConfig?: { service?: ServiceRef; url?: string };
  rules?: { resources?: string[] }[];
}

/** The webhooks of a validating or mutating webhook configuration. */
export function webhooksOf(configuration: KubeObject): Webhook[] {
  return Array.isArray(configuration.webhooks) ? (configuration.webhooks as Webhook[]) : [];
}

/** The effective failure policy; the API's default is Fail. */
export const failurePolicyOf = (webhook: Webhook): FailurePolicy => webhook.failurePolicy ?? 'Fail';
