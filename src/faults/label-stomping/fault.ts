import {
  anyTarget,
  type ObjectParams,
  objectParams,
  objectReads,
  reachPermissions,
  TARGET,
} from '../../injection/any-object.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { targetReadBack } from '../../injection/readback.ts';
import { type Envelope, fingerprint, isInjected } from '../../injection/record/envelope.ts';
import { MANAGED_BY, PREFIX, ROLLBACK_DATA } from '../../injection/record/markers.ts';
import { corrupt, recordIn, restoreAndStrip } from '../../injection/record/record.ts';
import { isRefusal, refuse } from '../../injection/refuse.ts';
import { threeWay } from '../../injection/three-way.ts';
import { victimPlan } from '../../injection/victim-plan.ts';
import { isUntouched } from '../../k8s/field-writers.ts';
import { mapOperations, type Operation, pointer, remove, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Facts, Fault, Live, Plan, Refusal, Restore, Scope } from '../contract.ts';

interface LabelStompingParams extends ObjectParams {
  labelKey: string;
  /** The label's value under the fault; undefined where the fault takes the label away. */
  value: string | undefined;
}

const DEFAULT_VALUE = 'chaos-stomped';
/** No label value can read like this. */
const DELETED = '(deleted)';

/** Overwrites or deletes one label of an object; its record holds the original. */
export const labelStomping: Fault<LabelStompingParams> = {
  type: 'LabelStomping',
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

/** Labels by which chaos tools find what they did. */
const isMark = (key: string) => key === MANAGED_BY || key.startsWith(PREFIX);

function plan(params: LabelStompingParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
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

function effect(params: LabelStompingParams, made: Plan, live: Live): Effect {
  const back = targetReadBack(made, live, TARGET);
  if ('effect' in back) return back.effect;
  const is = own(back.object.metadata.labels, params.labelKey);
  const reads = `label ${params.labelKey} of ${nameOf(made.target)} reads back ${shown(is)}`;
  return is === params.value
    ? { state: 'proven', evidence: [reads] }
    : { state: 'absent', evidence: [`${reads}, not the injected value (any more)`] };
}

interface LabelRecord extends Pick<Envelope, 'mayday'> {
  key: string;
  original: string | undefined;
}

function recordOf(victim: KubeObject): LabelRecord | string {
  const envelope = recordIn(victim, 'LabelStomping');
  if (typeof envelope === 'string') return envelope;
  const { labelKey, originalValue, existed } = (envelope.data ?? {}) as Record<string, unknown>;
  if (typeof labelKey !== 'string' || typeof originalValue !== 'string' || typeof existed !== 'boolean')
    return 'the undo record is not one of LabelStomping';
  if (labelKey === '' || isMark(labelKey))
    return `the undo record is about "${labelKey}", which is no label of its own`;
  return {
    key: labelKey,
    original: existed ? originalValue : undefined,
    ...(envelope.mayday === undefined ? {} : { mayday: envelope.mayday }),
  };
}

function restore(found: FoundInjection): Restore {
  const victim = found.live;
  const record = recordOf(victim);
  if (typeof record === 'string') return corrupt(victim, record);
  const { key, original, mayday } = record;
  const is = own(victim.metadata.labels, key);
  const what = `label ${sanitise(key, 120)}`;
  const back = (value: Operation[]) =>
    restoreAndStrip(victim, {
      type: 'LabelStomping',
      records: [ROLLBACK_DATA],
      mayday,
      value,
      what,
      atVersion: is === undefined,
    });
  return threeWay({
    what: `${what} of ${nameOf(refOf(victim))}`,
    isOriginal: is === original,
    isInjected: stillInjected(victim, key, is, mayday?.injected),
    original: shown(original),
    injected: mayday?.injected,
    live: shown(is),
    put: back(labelOperations(victim, key, is, original)),
    strip: back([]),
  });
}

function stillInjected(victim: KubeObject, key: string, is: string | undefined, injected: string | undefined): boolean {
  if (injected !== undefined) return isInjected(is ?? DELETED, injected);
  // A label that is gone has no owner, and the framework's injection may be just that.
  if (is === undefined) return true;
  const record = ['f:metadata', 'f:annotations', `f:${ROLLBACK_DATA}`];
  return isUntouched(victim, ['f:metadata', 'f:labels', `f:${key}`], record);
}

function labelOperations(
  victim: KubeObject,
  key: string,
  is: string | undefined,
  original: string | undefined,
): Operation[] {
  const path = pointer('metadata', 'labels', key);
  const guard = is === undefined ? [] : [test(path, is)];
  if (original !== undefined)
    return [...guard, ...mapOperations(victim, ['metadata', 'labels'], { set: { [key]: original } })];
  return is === undefined ? [] : [...guard, remove(path)];
}

const shown = (value: string | undefined) => (value === undefined ? '(absent)' : `"${value}"`);
