import { podsRead } from '../../injection/reach/pods-using.ts';
import type { Fault, Read } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { backupOwner } from './backup.ts';
import { effect } from './effect.ts';
import { BACKUP, backupRef, type ConfigDriftParams, plan, TARGET, targetRef } from './plan.ts';
import { restoreDrift, restoreDriftReads } from './restore.ts';

/** Overwrites one key of a ConfigMap or Secret; the original goes into the object's own record, a Secret's into a Secret beside it. */
export const configDrift: Fault<ConfigDriftParams> = {
  type: 'ConfigDrift',
  appliesTo,
  parse: parameters => ({
    resourceType: parameters.resourceType === 'Secret' ? 'Secret' : 'ConfigMap',
    name: parameters.name ?? '',
    key: parameters.key ?? '',
    value: parameters.value ?? '',
  }),
  reads: (params, scope) => [
    { key: TARGET, get: targetRef(params, scope) },
    podsRead(scope.namespace),
    ...(params.resourceType === 'Secret' ? [{ key: BACKUP, get: backupRef(params, scope) }] : []),
  ],
  plan,
  effectReads: (_params, made): Read[] => [{ key: TARGET, get: made.target }],
  effect,
  restoreReads: restoreDriftReads,
  restore: restoreDrift,
  standsFor: backupOwner,
};
