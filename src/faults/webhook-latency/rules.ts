import { parseDuration } from '../../text/duration.ts';
import { quoted } from '../../text/issue.ts';
import { nonEmpty } from '../rules/check.ts';
import { always, type FaultRules, optional, required } from '../rules/rules.ts';

/** What a WebhookLatency accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: {
    resources: required(nonEmpty),
    apiGroups: required(nonEmpty),
    delay: optional(webhookDelay),
    image: optional(),
  },
  needsHigh: always('it slows down writes in the whole cluster'),
  danger: 'high',
  tier: 4,
  expects: 'survive',
  leaves: 'object',
  foundOn: [
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
    'deployments.apps',
    'services',
    'secrets',
  ],
  recognises: { creates: { prefix: 'chaos-webhook-latency-' } },
};

function webhookDelay(value: string): string | undefined {
  const ms = parseDuration(value);
  return ms !== undefined && ms >= 1000 && ms <= 29_000
    ? undefined
    : `expected a duration from 1s to 29s, found ${quoted(value)}`;
}
