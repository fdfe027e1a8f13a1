import { appsUnknown, crdWiped, labelNearMiss, staleWebhook, webhookNoEndpoints } from './incidents.ts';
import { PAST_SCENARIOS } from './past/scenarios.ts';
import type { Scenario } from './scenario.ts';
import { stuckInjections } from './stuck.ts';
import { tenThousandPods } from './ten-thousand.ts';

const healthy: Scenario = { name: 'healthy', summary: 'every operator installed and well; nothing to find' };

/** Every scenario, the default first. */
export const SCENARIOS: readonly Scenario[] = [
  healthy,
  stuckInjections,
  tenThousandPods,
  webhookNoEndpoints,
  crdWiped,
  labelNearMiss,
  appsUnknown,
  staleWebhook,
  ...PAST_SCENARIOS,
];

/** The scenario of that name; an Error that names them all otherwise. */
export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS.find(s => s.name === (name || 'healthy'));
  if (found) return found;
  throw new Error(`expected a scenario (${SCENARIOS.map(s => s.name).join(', ')}), found "${name}"`);
}
