import { aKind, doesNotFit, fits, isKind } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { failurePolicyOf, webhooksOf } from '../../k8s/webhooks.ts';
import type { Fit } from '../contract.ts';

/** A webhook configuration; the injected failure policy is the opposite of the one that most of its webhooks have. */
export function appliesTo(object: KubeObject): Fit {
  if (!isKind(object, 'admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'))
    return doesNotFit(`it is for a webhook configuration, this is ${aKind(object.kind)}`);
  const webhooks = webhooksOf(object);
  const failing = webhooks.filter(webhook => failurePolicyOf(webhook) === 'Fail');
  if (webhooks.length === 0) return doesNotFit('it has no webhooks');
  return fits(
    object,
    {
      webhookName: object.metadata.name,
      webhookType: object.kind === 'MutatingWebhookConfiguration' ? 'mutating' : 'validating',
      action: 'setFailurePolicy',
      value: failing.length * 2 >= webhooks.length ? 'Ignore' : 'Fail',
    },
    webhooks.find(({ clientConfig }) => clientConfig?.service)?.clientConfig?.service?.namespace,
  );
}
