import { targetReadBack } from '../../injection/readback.ts';
import { failurePolicyOf, webhooksOf } from '../../k8s/webhooks.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import { TARGET, type WebhookDisruptParams } from './plan.ts';

/** Whether the cluster shows that the fault took effect. */
export function effect(params: WebhookDisruptParams, plan: Plan, live: Live): Effect {
  const back = targetReadBack(plan, live, TARGET);
  if ('effect' in back) return back.effect;
  const webhooks = webhooksOf(back.object);
  const evidence = webhooks.map(
    webhook => `webhook ${sanitise(webhook.name, 120)} reads back ${failurePolicyOf(webhook)}`,
  );
  const isSet = webhooks.length > 0 && webhooks.every(webhook => failurePolicyOf(webhook) === params.value);
  return { state: isSet ? 'proven' : 'absent', evidence };
}
