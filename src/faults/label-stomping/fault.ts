import { objectParams, objectReads, TARGET } from '../../injection/plan/any-object.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect } from './effect.ts';
import { DEFAULT_VALUE, type LabelStompingParams, plan } from './plan.ts';
import { restore } from './restore.ts';

/** Overwrites or deletes one label of an object; its record holds the original. */
export const labelStomping: Fault<LabelStompingParams> = {
  type: 'LabelStomping',
  appliesTo,
  parse: parameters => ({
    ...objectParams(parameters),
    labelKey: parameters.labelKey ?? '',
    value: parameters.action === 'delete' ? undefined : parameters.newValue || DEFAULT_VALUE,
  }),
  reads: objectReads,
  plan,
  effectReads: (_params, made) => [{ key: TARGET, get: made.target }],
  effect,
  restoreReads: () => [],
  restore,
};
