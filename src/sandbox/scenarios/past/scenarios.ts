import type { Scenario } from '../scenario.ts';
import {
  apiServiceBlocksNamespace,
  argoImmutableConfigMap,
  crdConversionDead,
  namespaceFinalizerOrphan,
} from './apis.ts';
import { ignoredWebhook, pausedRollout, scaledToZero, suspendedAndDone } from './decoys.ts';
import { scenarioFrom, singleIncident } from './incident.ts';
import { chaosScaleZero, hookCertExpired, hookPortGone, hookSelectorTypo } from './webhooks.ts';
import { configMapKeyMissing, nodeSelectorTypo, quotaBlocksRollout, serviceTargetPort } from './workloads.ts';

const INCIDENTS = [
  hookSelectorTypo,
  hookPortGone,
  hookCertExpired,
  chaosScaleZero,
  configMapKeyMissing,
  nodeSelectorTypo,
  quotaBlocksRollout,
  serviceTargetPort,
  namespaceFinalizerOrphan,
  crdConversionDead,
  argoImmutableConfigMap,
  apiServiceBlocksNamespace,
];

const DECOYS = [pausedRollout, scaledToZero, ignoredWebhook, suspendedAndDone];

/** Scenarios of incidents, alone and two or three at once, and of healthy states that look like incidents. */
export const PAST_SCENARIOS: readonly Scenario[] = [
  ...INCIDENTS.map(singleIncident),
  scenarioFrom(
    'decoys',
    'nothing is broken: a paused rollout, a preview at zero, an unused webhook, Jobs that are done',
    DECOYS,
  ),
  scenarioFrom('two-hook-and-quota', 'a webhook without endpoints, and a full quota in another namespace', [
    hookSelectorTypo,
    quotaBlocksRollout,
  ]),
  scenarioFrom(
    'two-chaos-and-selector',
    'an injection that was never reverted, and an unschedulable rollout that it does not explain',
    [chaosScaleZero, nodeSelectorTypo],
  ),
  scenarioFrom(
    'three-with-decoys',
    'a missing key, a wrong target port and a stuck namespace, with decoys beside them',
    [...DECOYS, configMapKeyMissing, serviceTargetPort, namespaceFinalizerOrphan],
  ),
];
