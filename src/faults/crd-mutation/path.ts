import { refuse } from '../../injection/plan/refuse.ts';
import { rounded } from '../../injection/record/exact-json.ts';
import { type GoValue, goJson, RawNumber } from '../../injection/record/go-json.ts';
import { MANAGED_BY, MANAGER, TYPE_LABEL } from '../../injection/record/markers.ts';
import type { Member } from '../../injection/record/member.ts';
import { mapAt, mapOperations, type Operation, pointer, remove, set, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import type { Refusal } from '../contract.ts';
import { isRecordKey } from '../recognition.ts';

/** A value as text, to compare and to show; numbers are rounded as JSON.parse rounds them. */
export const asText = (value: GoValue | undefined): string =>
  value === undefined ? '(absent)' : goJson(rounded(value));

export function isMap(value: GoValue | undefined): value is { readonly [key: string]: GoValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RawNumber);
}

/** Whether the path is `metadata.labels` or `metadata.annotations`, the maps that also hold the marks. */
export const isMetadataMap = (steps: readonly string[]): boolean =>
  steps.length === 2 && steps[0] === 'metadata' && (steps[1] === 'labels' || steps[1] === 'annotations');

/** Why the member at this path must not be changed. */
export function refusedPath(target: KubeObject, steps: readonly string[]): Refusal | undefined {
  const path = steps.join('.');
  const name = nameOf(refOf(target));
  const [root, second] = steps;
  if (steps.some(step => step === ''))
    return refuse('invalid', `expected a path such as spec.replicas, found "${path}"`);
  if (target.kind === 'Secret')
    return refuse(
      'forbidden-target',
      `${name}: the undo record would show secret data in clear text; use ConfigDrift with resourceType Secret`,
    );
  if (root === 'status')
    return refuse(
      'unsupported',
      `${path} of ${name}: the API server ignores a status that is written with the object, so nothing would change`,
    );
  if (root === 'apiVersion' || root === 'kind')
    return refuse('forbidden-target', `${path} of ${name} cannot be changed`);
  if (root !== 'metadata' || second === 'labels' || second === 'annotations') return undefined;
  const instead =
    second === 'finalizers' ? ': use FinalizerBlock' : second === 'ownerReferences' ? ': use OwnerRefOrphan' : '';
  return refuse('forbidden-target', `${path} of ${name} belongs to the server or to the garbage collector${instead}`);
}

/** Keys by which chaos tools mark objects; a mutation of labels or annotations never includes them. */
function isMarkKey(key: string): boolean {
  return key === TYPE_LABEL || isRecordKey(key);
}

/** A map of labels or annotations without the marks of chaos tools; absent if nothing else is in it. */
export function mapWithoutMarks(object: KubeObject, steps: readonly string[]): Member {
  const own = Object.entries(mapAt(object, steps) ?? {}).filter(
    ([key, value]) => !isMarkKey(key) && !(key === MANAGED_BY && value === MANAGER),
  );
  return own.length === 0 ? { state: 'absent', from: 1 } : { state: 'present', value: Object.fromEntries(own) };
}

/**
 * Changes a map of labels or annotations to `wanted`, entry by entry, each on condition that its current value has not
 * changed. Marks stay as they are.
 */
export function mapChanges(
  object: KubeObject,
  steps: readonly string[],
  wanted: Readonly<Record<string, string>>,
): Operation[] {
  const current = mapAt(object, steps) ?? {};
  const drop = Object.keys(current).filter(key => !Object.hasOwn(wanted, key) && !isKept(key, current[key]));
  const put = Object.entries(wanted).filter(([key, value]) => own(current, key) !== value && !isMarkKey(key));
  const guard = (key: string) => (current[key] === undefined ? [] : [test(pointer(...steps, key), current[key])]);
  return [
    ...drop.flatMap(key => [...guard(key), remove(pointer(...steps, key))]),
    ...put.flatMap(([key, value]) => [...guard(key), ...added(object, steps, key, value)]),
  ];
}

const isKept = (key: string, value: string | undefined) => isMarkKey(key) || (key === MANAGED_BY && value === MANAGER);

/** An injection adds its marks first, so the map exists then; otherwise the first entry creates it. */
function added(object: KubeObject, steps: readonly string[], key: string, value: string): Operation[] {
  return mapAt(object, steps) === undefined
    ? [set(pointer(...steps, key), value)]
    : mapOperations(object, steps, { set: { [key]: value } });
}
