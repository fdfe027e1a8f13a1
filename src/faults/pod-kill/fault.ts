import { nameOf } from '../../k8s/object-ref.ts';
import type { Fault, Read } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect, victimKey } from './effect.ts';
import { type PodKillParams, plan, podsRead } from './plan.ts';

/** Deletes pods that a controller will replace, the healthy ones first. There is nothing to undo. */
export const podKill: Fault<PodKillParams> = {
  type: 'PodKill',
  appliesTo,
  parse: parameters => ({ labelSelector: parameters.labelSelector ?? '' }),
  reads: podsRead,
  plan,
  effectReads: (params, plan) => [
    ...podsRead(params, plan.scope),
    ...plan.writes.map((write, index): Read => ({ key: victimKey(index), get: write.on })),
  ],
  effect,
  restoreReads: () => [],
  restore: found => ({ is: 'corrupt', says: `${nameOf(found.object)}: a killed pod leaves nothing to restore` }),
};
