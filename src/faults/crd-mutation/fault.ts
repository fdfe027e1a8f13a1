import { objectParams, objectReads, TARGET } from '../../injection/plan/any-object.ts';
import { parseExact } from '../../injection/record/exact-json.ts';
import type { GoValue } from '../../injection/record/go-json.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect } from './effect.ts';
import { type CRDMutationParams, plan } from './plan.ts';
import { restoreMutation } from './restore.ts';

/** Changes one member of any object; the undo record on the object holds the original. */
export const crdMutation: Fault<CRDMutationParams> = {
  type: 'CRDMutation',
  appliesTo,
  parse: parameters => ({
    ...objectParams(parameters),
    steps: (parameters.path || `spec.${parameters.field ?? ''}`).split('.'),
    ...(parameters.path || !parameters.field ? {} : { field: parameters.field }),
    value: asTyped(parameters.value ?? ''),
  }),
  reads: objectReads,
  plan,
  effectReads: (_params, made) => [{ key: TARGET, get: made.target }],
  effect,
  restoreReads: () => [],
  restore: restoreMutation,
};

/** The parsed JSON if the whole text is JSON, else the text. */
function asTyped(text: string): GoValue {
  try {
    return parseExact(text);
  } catch {
    return text;
  }
}
