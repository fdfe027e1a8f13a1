import { anyTarget, type ObjectParams, reachPermissions } from '../../injection/plan/any-object.ts';
import { isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { victimPlan } from '../../injection/plan/victim-plan.ts';
import { fingerprint } from '../../injection/record/envelope.ts';
import { mayBeRounded, onTheWire } from '../../injection/record/exact-json.ts';
import type { GoValue } from '../../injection/record/go-json.ts';
import { type Member, memberAt, nested } from '../../injection/record/member.ts';
import { type Operation, pointer, remove, set } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Facts, Live, Plan, Refusal, Scope } from '../contract.ts';
import { asText, isMap, isMetadataMap, mapChanges, mapWithoutMarks, refusedPath } from './path.ts';

export interface CRDMutationParams extends ObjectParams {
  /** Member names from the object's root. */
  steps: string[];
  /** The framework's older way to name a member of `spec`. */
  field?: string;
  value: GoValue;
}

/** Plans the writes, or refuses. */
export function plan(params: CRDMutationParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const found = anyTarget(params, scope, live);
  if (isRefusal(found)) return found;
  const { target, pods } = found;
  const { steps } = params;
  const refusal = refusedPath(target, steps);
  if (refusal !== undefined) return refusal;
  const member = isMetadataMap(steps) ? mapWithoutMarks(target, steps) : memberAt(target, steps);
  const original = member.state === 'present' ? member.value : undefined;
  const mutated = merged(original, params.value);
  const unfit = refusedValue(params, target, member, mutated);
  if (unfit !== undefined) return unfit;
  const name = nameOf(refOf(target));
  return victimPlan({
    type: 'CRDMutation',
    scope,
    facts,
    target,
    payload: {
      apiVersion: params.apiVersion,
      kind: params.kind,
      ...(params.field === undefined ? {} : { field: params.field }),
      originalValue: original ?? null,
      path: steps.join('.'),
    },
    injected: fingerprint(asText(mutated)),
    absent: member.state === 'absent' ? steps.slice(0, member.from + 1).join('.') : undefined,
    operations: mutation(target, steps, member, mutated),
    says: `set ${steps.join('.')} of ${name} to ${sanitise(asText(mutated), 120)}`,
    pods,
    permissions: reachPermissions(target),
  });
}

/** The result of applying the JSON merge patch `value` to `original`; undefined if nothing is left. */
function merged(original: GoValue | undefined, value: GoValue): GoValue | undefined {
  if (value === null) return undefined;
  if (!isMap(value)) return value;
  const base = isMap(original) ? original : {};
  const keys = [...Object.keys(base), ...Object.keys(value).filter(key => !Object.hasOwn(base, key))];
  const members = keys.map(key => [
    key,
    Object.hasOwn(value, key) ? merged(own(base, key), value[key] ?? null) : base[key],
  ]);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined)) as GoValue;
}

/** Why this value cannot be written, or why the original could not be restored. */
function refusedValue(
  { steps }: CRDMutationParams,
  target: KubeObject,
  member: Member,
  mutated: GoValue | undefined,
): Refusal | undefined {
  const name = nameOf(refOf(target));
  const path = steps.join('.');
  if (member.state === 'blocked') {
    const parent = steps.slice(0, member.from).join('.');
    return refuse('invalid', `${parent} of ${name} is not a map, so ${path} cannot be set without destroying it`);
  }
  if (member.state === 'present' && mayBeRounded(member.value)) {
    return refuse(
      'unsupported',
      `${path} of ${name} holds a number beyond 2^53, which cannot be restored exactly: choose another path`,
    );
  }
  const before = member.state === 'present' ? asText(member.value) : asText(undefined);
  if (before === asText(mutated))
    return refuse('no-effect', `${path} of ${name} already has this value: nothing would change`);
  if (!isMetadataMap(steps)) return undefined;
  const isTexts =
    mutated === undefined || (isMap(mutated) && Object.values(mutated).every(text => typeof text === 'string'));
  return isTexts
    ? undefined
    : refuse('invalid', `${path} of ${name}: expected only text values, found ${asText(mutated)}`);
}

/** The change. Labels and annotations are changed entry by entry, because the marks are in the same maps. */
function mutation(target: KubeObject, steps: string[], member: Member, mutated: GoValue | undefined): Operation[] {
  if (isMetadataMap(steps)) return mapChanges(target, steps, (mutated ?? {}) as Record<string, string>);
  if (mutated === undefined) return [remove(pointer(...steps))];
  // The marks are added first, so the maps of labels and annotations exist.
  if (member.state !== 'absent' || steps[0] === 'metadata') return [set(pointer(...steps), onTheWire(mutated))];
  const missing = steps.slice(0, member.from + 1);
  return [set(pointer(...missing), onTheWire(nested(steps.slice(member.from + 1), mutated)))];
}
