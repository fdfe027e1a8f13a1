import { parsedJson } from '../text/json.ts';

/**
 * Sets of paths into an object, in the notation of `metadata.managedFields` (`fieldsV1`): `f:name` is a member,
 * `k:{…}` a list item by its keys, `v:…` an item of a set, `i:…` an item by its place. A node that is empty or
 * contains `.` is itself in the set.
 */
export interface FieldSet {
  [element: string]: FieldSet;
}

const SELF = '.';

/** Whether the value is a set of paths: objects of objects, down to the leaves. */
export function isFieldSet(value: unknown): value is FieldSet {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isFieldSet);
}

/** The paths in the set, each as its elements. */
export function pathsOf(fields: FieldSet, prefix: readonly string[] = []): string[][] {
  return Object.entries(fields).flatMap(([element, below]) => {
    if (element === SELF) return [];
    const path = [...prefix, element];
    const isMember = Object.keys(below).length === 0 || SELF in below;
    return [...(isMember ? [path] : []), ...pathsOf(below, path)];
  });
}

/** The set of these paths. */
export function fieldsOf(paths: readonly (readonly string[])[]): FieldSet {
  const root: FieldSet = {};
  for (const path of paths) {
    let at = root;
    for (const element of path) at = at[element] ??= {};
    at[SELF] = {};
  }
  return tidy(root);
}

/** Removes `.` from nodes with nothing else below: it is written only beside other members. */
function tidy(fields: FieldSet): FieldSet {
  const below = Object.entries(fields).filter(([element]) => element !== SELF);
  const self = SELF in fields && below.length > 0 ? { [SELF]: {} } : {};
  return { ...self, ...Object.fromEntries(below.map(([element, inner]) => [element, tidy(inner)])) };
}

const keyOf = (path: readonly string[]) => JSON.stringify(path);
const keysOf = (fields: FieldSet) => new Set(pathsOf(fields).map(keyOf));

/** The paths that are in either set. */
export const union = (a: FieldSet, b: FieldSet): FieldSet => fieldsOf([...pathsOf(a), ...pathsOf(b)]);

/** The paths of `a` that are not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const excluded = keysOf(b);
  return fieldsOf(pathsOf(a).filter(path => !excluded.has(keyOf(path))));
}

/** The paths that are in both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const both = keysOf(b);
  return fieldsOf(pathsOf(a).filter(path => both.has(keyOf(path))));
}

export const isEmpty = (fields: FieldSet): boolean => pathsOf(fields).length === 0;

/**
 * The part of the set at `steps` of `object` and below; a whole leaf when the set contains only a parent, as with
 * atomic lists. `steps` are those of a JSON pointer: names of members and list indexes.
 */
export function fieldsAt(fields: FieldSet, object: unknown, steps: readonly string[]): FieldSet {
  const path: string[] = [];
  let at = fields;
  let value = object;
  for (const step of steps) {
    if (path.length > 0 && Object.keys(at).length === 0) return fieldsOf([path]);
    const element = elementFor(at, value, step);
    if (element === undefined) return {};
    path.push(element);
    at = at[element] ?? {};
    value = memberOf(value, step);
  }
  const isMember = Object.keys(at).length === 0 || SELF in at;
  return fieldsOf([...(isMember ? [path] : []), ...pathsOf(at, path)]);
}

function memberOf(value: unknown, step: string): unknown {
  if (Array.isArray(value)) return value[step === '-' ? value.length - 1 : Number(step)];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
}

/**
 * The element of the set for the member `step` of `value`: by its name, or for an item of a list by its keys, its value or
 * its place. Undefined when the set does not contain it.
 */
export function elementFor(fields: FieldSet, value: unknown, step: string): string | undefined {
  if (!Array.isArray(value)) return Object.hasOwn(fields, `f:${step}`) ? `f:${step}` : undefined;
  const item = memberOf(value, step);
  return Object.keys(fields).find(element => isElementOf(element, item, step));
}

function isElementOf(element: string, item: unknown, step: string): boolean {
  if (element === `i:${step}`) return true;
  if (!element.startsWith('k:') && !element.startsWith('v:')) return false;
  const wanted = parsedJson(element.slice(2));
  if (element.startsWith('v:')) return JSON.stringify(wanted) === JSON.stringify(item);
  const keys = Object.entries((wanted ?? {}) as object);
  return keys.length > 0 && keys.every(([key, value]) => (item as Record<string, unknown> | null)?.[key] === value);
}
