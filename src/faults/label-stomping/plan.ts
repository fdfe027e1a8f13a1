import { anyTarget, type ObjectParams, reachPermissions } from '../../injection/plan/any-object.ts';
import { isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { victimPlan } from '../../injection/plan/victim-plan.ts';
import { fingerprint } from '../../injection/record/envelope.ts';
import { MANAGED_BY, PREFIX } from '../../injection/record/markers.ts';
import { mapOperations } from '../../k8s/json-patch.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import type { Facts, Live, Plan, Refusal, Scope } from '../contract.ts';

export interface LabelStompingParams extends ObjectParams {
  labelKey: string;
  /** The label's value under the fault; undefined where the fault takes the label away. */
  value: string | undefined;
}

/** The label's value under a fault that asks for none. */
export const DEFAULT_VALUE = 'chaos-stomped';

/** No label value can read like this. */
export const DELETED = '(deleted)';

/** Labels by which chaos tools find what they did. */
export const isMark = (key: string) => key === MANAGED_BY || key.startsWith(PREFIX);

/** Plans the writes, or refuses. */
export function plan(params: LabelStompingParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const found = anyTarget(params, scope, live);
  if (isRefusal(found)) return found;
  const { target, pods } = found;
  const { labelKey, value } = params;
  const name = nameOf(refOf(target));
  if (labelKey === '' || isMark(labelKey))
    return refuse('forbidden-target', `label "${labelKey}" tells chaos tools what they did: choose another`);
  const original = own(target.metadata.labels, labelKey);
  if (original === value) {
    const is = value === undefined ? 'is not there' : `already is "${value}"`;
    return refuse('no-effect', `label ${labelKey} of ${name} ${is}: nothing would change`);
  }
  return victimPlan({
    type: 'LabelStomping',
    scope,
    facts,
    target,
    payload: { existed: original !== undefined, labelKey, originalValue: original ?? '' },
    injected: value === undefined ? DELETED : fingerprint(value),
    operations: mapOperations(target, ['metadata', 'labels'], stomped(params)),
    says: value === undefined ? `delete label ${labelKey} of ${name}` : `set label ${labelKey}=${value} on ${name}`,
    pods,
    permissions: reachPermissions(target),
  });
}

const stomped = ({ labelKey, value }: LabelStompingParams) =>
  value === undefined ? { drop: [labelKey] } : { set: { [labelKey]: value } };

export const shown = (value: string | undefined) => (value === undefined ? '(absent)' : `"${value}"`);
