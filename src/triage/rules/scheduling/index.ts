import type { Rule } from '../../rule.ts';
import { podsPreempted } from './preempted.ts';
import { unschedulable } from './unschedulable.ts';
import { schedulerGone, schedulingGated, unknownScheduler } from './unscheduled.ts';

export const schedulingRules: readonly Rule[] = [
  schedulerGone,
  unschedulable,
  podsPreempted,
  unknownScheduler,
  schedulingGated,
];
