import type { KubeObject } from './object.ts';

export type Policy = 'Fail' | 'Ignore';

export interface ServiceRef {
  namespace: string;
  name: string;
}

/** One webhook of a webhook configuration, with the fields used here. */
export interface Webhook {
  name: string;
  failurePolicy?: Policy;
  clientConfig?: { service?: ServiceRef; url?: string };
  rules?: { resources?: string[] }[];
}

export function webhooksOf(configuration: KubeObject): Webhook[] {
  return Array.isArray(configuration.webhooks) ? (configuration.webhooks as Webhook[]) : [];
}

/** The policy in force: an unset one means Fail. */
export const policyOf = (webhook: Webhook): Policy => webhook.failurePolicy ?? 'Fail';
