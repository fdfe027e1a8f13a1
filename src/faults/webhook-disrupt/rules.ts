import { all, oneOf, resourceName, selector } from '../rules/check.ts';
import { webhookName } from '../rules/protected.ts';
import { isMap } from '../rules/record-shape.ts';
import { type FaultRules, optional, required } from '../rules/rules.ts';

const WEBHOOKS = new Set(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']);
const POLICIES: readonly unknown[] = ['Fail', 'Ignore', ''];
const isPolicy = (value: unknown): boolean => POLICIES.includes(value);

/** What a WebhookDisrupt accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: {
    webhookName: optional(all(resourceName, ...webhookName)),
    webhookLabelSelector: optional(selector),
    action: required(oneOf('setFailurePolicy')),
    webhookType: optional(oneOf('validating', 'mutating')),
    value: optional(oneOf('Fail', 'Ignore')),
  },
  whole: ({ webhookName: name = '', webhookLabelSelector = '' }) => {
    if (name !== '' && webhookLabelSelector !== '') {
      return [{ path: 'webhookName', message: 'expected webhookName or webhookLabelSelector, found both' }];
    }
    return name === '' && webhookLabelSelector === ''
      ? [{ path: 'webhookName', message: 'expected webhookName or webhookLabelSelector, found neither' }]
      : [];
  },
  danger: 'high',
  tier: 4,
  expects: 'survive',
  leaves: 'marks',
  foundOn: [
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  ],
  recognises: {
    recordOn: (data, { kind }) => WEBHOOKS.has(kind) && isMap(data) && Object.values(data).every(isPolicy),
  },
  isClusterScoped: () => true,
};
