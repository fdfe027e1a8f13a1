import type { Rule } from '../../rule.ts';
import { catalogUnreachable } from './catalog.ts';
import { operatorNotInstalled } from './csv.ts';
import { installPlanWaits } from './install-plan.ts';
import { subscriptionFails } from './subscription.ts';

export const olmRules: readonly Rule[] = [
  catalogUnreachable,
  subscriptionFails,
  installPlanWaits,
  operatorNotInstalled,
];
