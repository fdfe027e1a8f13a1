import type { Rule } from '../../rule.ts';
import { nodeCordoned, nodeTainted } from './closed.ts';
import { leaseStale, nodeNotReady, nodePressure, versionSkew } from './not-ready.ts';
import { requestPending } from './request-pending.ts';

export const nodeRules: readonly Rule[] = [
  nodeNotReady,
  leaseStale,
  nodePressure,
  nodeCordoned,
  nodeTainted,
  versionSkew,
  requestPending,
];
