import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect } from './effect.ts';
import { type ClientFaultParams, plan, reads } from './plan.ts';
import { restoreFaults } from './restore.ts';

/** Puts faults for an operator's API client into the ConfigMap that its SDK reads; the record holds the former data. */
export const clientFault: Fault<ClientFaultParams> = {
  type: 'ClientFault',
  appliesTo,
  parse: ({ faults = '', configMapName }) => ({ faults, configMapName: configMapName || 'operator-chaos-config' }),
  reads,
  plan,
  effectReads: (params, made, live) => reads(params, made.scope, live),
  effect,
  restoreReads: () => [],
  restore: restoreFaults,
};
