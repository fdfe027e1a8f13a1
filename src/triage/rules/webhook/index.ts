import type { Rule } from '../../rule.ts';
import { webhookCaBundle } from './ca-bundle.ts';
import { webhookCertificate } from './certificate.ts';
import { webhookFailing, webhookNetworkPolicy } from './failing.ts';
import { webhookMatchCondition } from './match-condition.ts';
import { webhookNoEndpoints, webhookScaledToZero } from './no-endpoints.ts';
import { webhookNoPort } from './no-port.ts';
import { webhookNoService, webhookStale } from './no-service.ts';
import { webhookSingle, webhookSlow, webhookUnroutable } from './risks.ts';

/** Rules on admission webhooks: whether the API server can call them, and what is blocked when it cannot. */
export const webhookRules: readonly Rule[] = [
  webhookStale,
  webhookNoService,
  webhookNoEndpoints,
  webhookScaledToZero,
  webhookNoPort,
  webhookCaBundle,
  webhookCertificate,
  webhookNetworkPolicy,
  webhookFailing,
  webhookMatchCondition,
  webhookUnroutable,
  webhookSlow,
  webhookSingle,
];
