import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { failurePolicyOf, webhooksOf } from '../../k8s/webhooks.ts';
import type { Finding } from '../finding/finding.ts';

const KINDS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];

/** Whether a dead webhook can be set to failurePolicy Ignore for a while. */
export const canIgnore = ({ rule, object, severity }: Finding): boolean =>
  rule.startsWith('webhook/') && KINDS.includes(object.kind) && (severity === 'critical' || severity === 'high');

/**
 * The blocking webhooks of a configuration that the finding names: only their policy is changed, not that of the
 * working ones beside them. `only` selects one by name. When there are none, one line says why.
 */
export function blockingHooks(
  configuration: KubeObject,
  { summary, cause, evidence, fixes }: Finding,
  only: string | undefined,
): string[] | { refusal: string } {
  const where = nameOf(refOf(configuration));
  const blocking = webhooksOf(configuration).filter(webhook => failurePolicyOf(webhook) === 'Fail');
  const names = blocking.map(webhook => webhook.name);
  if (names.length === 0) return { refusal: `${where} has no webhook with failurePolicy Fail: none of them blocks` };
  if (only !== undefined)
    return names.includes(only)
      ? [only]
      : { refusal: `expected --webhook to be one of ${names.join(', ')}, found ${only}` };
  if (names.length === 1) return names;
  const texts = [summary, cause ?? '', ...evidence, ...fixes.map(({ text }) => text)].join(' ').split(/[^\w.-]+/);
  const words = new Set(texts.map(word => word.replace(/[.]+$/, '')));
  const dead = names.filter(name => words.has(name));
  return dead.length > 0 ? dead : { refusal: `expected --webhook with one of ${names.join(', ')}` };
}
