import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { revokedEffect, revokedEffectReads } from './effect.ts';
import { plan, type RBACRevokeParams, reads } from './plan.ts';
import { restoreSubjects } from './restore.ts';

/** Removes all subjects of a binding; the undo record on the binding holds them. */
export const rbacRevoke: Fault<RBACRevokeParams> = {
  type: 'RBACRevoke',
  appliesTo,
  parse: ({ bindingName = '', bindingType }) => ({
    bindingName,
    bindingType: bindingType === 'RoleBinding' ? 'RoleBinding' : 'ClusterRoleBinding',
  }),
  reads,
  plan,
  effectReads: (_params, made, live) => revokedEffectReads(made, live),
  effect: (_params, made, live) => revokedEffect(made, live),
  restoreReads: () => [],
  restore: restoreSubjects,
};
