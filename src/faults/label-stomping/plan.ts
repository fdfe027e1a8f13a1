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
  /** The injected value of the label; undefined if the fault deletes the label. */
  value: string | undefined;
}

/** The injected value if the document gives none. */
export const DEFAULT_VALUE = 'chaos-stomped';

/** Recorded as the injected value of a deleted label; it is not a valid label value. */
export const DELETED = '(deleted)';

/** Whether the label is a mark of a chaos tool. */
export const isMark = (key: string) => key === MANAGED_BY || key.startsWith(PREFIX);

/** Plans the writes, or refuses. */
export function plan(params: LabelStompingParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const found = anyTarget(params, scope, live);
  if (isRefusal(found)) return found;
  const { target, pods } = found;
  const { labelKey, value } = params;
  const name = nameOf(refOf(target));
  if (labelKey === '' || isMark(labelKey))
    return refuse('forbidden-target', `label "${labelKey}" is a mark of a chaos tool: choose another`);
  const original = own(target.metadata.labels, labelKey);
  if (original === value) {
    const current = value === undefined ? 'is not there' : `already is "${value}"`;
    return refuse('no-effect', `label ${labelKey} of ${name} ${current}: nothing would change`);
  }
  return victimPlan({
    type: 'LabelStomping',
    scope,
    facts,
    target,
    payload: { existed: original !== undefined, labelKey, originalValue: original ?? '' },
    injected: value === undefined ? DELETED : fingerprint(value),
    operations: mapOperations(target, ['metadata', 'labels'], labelChange(params)),
    says: value === undefined ? `delete label ${labelKey} of ${name}` : `set label ${labelKey}=${value} on ${name}`,
    pods,
    permissions: reachPermissions(target),
  });
}

const labelChange = ({ labelKey, value }: LabelStompingParams) =>
  value === undefined ? { drop: [labelKey] } : { set: { [labelKey]: value } };

export const shown = (value: string | undefined) => (value === undefined ? '(absent)' : `"${value}"`);
