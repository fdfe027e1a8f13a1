import type { Rule } from '../../rule.ts';
import { daemonPartly } from './daemonset.ts';
import { daemonNowhere, governingService, heldByPartition, zeroInUse } from './nowhere.ts';
import { podsRefused } from './pods-refused.ts';
import { brokenRevision, notObserved, rolloutStuck, statefulStuck } from './rollout.ts';
import { twoWriters } from './two-writers.ts';
import { underWay } from './under-way.ts';

export const workloadRules: readonly Rule[] = [
  notObserved,
  podsRefused,
  brokenRevision,
  statefulStuck,
  rolloutStuck,
  zeroInUse,
  daemonNowhere,
  daemonPartly,
  governingService,
  heldByPartition,
  twoWriters,
  underWay,
];
