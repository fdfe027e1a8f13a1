import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect } from './effect.ts';
import { plan, reads, TARGET, type WebhookDisruptParams } from './plan.ts';
import { restorePolicies } from './restore.ts';

/** Sets the failure policy of every webhook of one configuration; the undo record holds the original policy of each. */
export const webhookDisrupt: Fault<WebhookDisruptParams> = {
  type: 'WebhookDisrupt',
  appliesTo,
  parse: ({ webhookName, webhookLabelSelector, webhookType, value }) => ({
    ...(webhookName ? { webhookName } : {}),
    ...(webhookLabelSelector ? { webhookLabelSelector } : {}),
    kind: webhookType === 'mutating' ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration',
    value: value === 'Ignore' ? 'Ignore' : 'Fail',
  }),
  reads,
  plan,
  effectReads: (_params, made) => [{ key: TARGET, get: made.target }],
  effect,
  restoreReads: () => [],
  restore: restorePolicies,
};
