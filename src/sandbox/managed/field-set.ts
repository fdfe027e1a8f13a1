import type { FieldsV1 } from '../object.ts';

/**
 * A set of paths into an object. Path elements are in wire form: `f:name` for a member, `k:{…}` for a list item by its
 * keys, `v:…` for an item of a set.
 */
export interface FieldSet {
  members: Set<string>;
  children: Map<string, FieldSet>;
}

export const emptySet = (): FieldSet => ({ members: new Set(), children: new Map() });

export const isEmpty = (set: FieldSet): boolean => set.members.size === 0 && [...set.children.values()].every(isEmpty);

/** The set below an element, created when missing. */
export function below(set: FieldSet, element: string): FieldSet {
  const known = set.children.get(element);
  if (known) return known;
  const made = emptySet();
  set.children.set(element, made);
  return made;
}

function elementsOf(...sets: readonly FieldSet[]): string[] {
  return [...new Set(sets.flatMap(set => [...set.members, ...set.children.keys()]))];
}

/** Combines two sets; `keep` says from membership in each whether a path stays. */
function combine(a: FieldSet, b: FieldSet, keep: (inA: boolean, inB: boolean) => boolean): FieldSet {
  const result = emptySet();
  for (const element of elementsOf(a, b)) {
    if (keep(a.members.has(element), b.members.has(element))) result.members.add(element);
    const left = a.children.get(element);
    const right = b.children.get(element);
    if (!left && !right) continue;
    const child = combine(left ?? emptySet(), right ?? emptySet(), keep);
    if (!isEmpty(child)) result.children.set(element, child);
  }
  return result;
}

export const union = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x || y);
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x && y);
export const difference = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x && !y);

/** `a` without the paths of `b` and everything below them. */
export function without(a: FieldSet, b: FieldSet): FieldSet {
  const result = emptySet();
  for (const element of elementsOf(a)) {
    if (b.members.has(element)) continue;
    if (a.members.has(element)) result.members.add(element);
    const child = a.children.get(element);
    if (!child) continue;
    const rest = without(child, b.children.get(element) ?? emptySet());
    if (!isEmpty(rest)) result.children.set(element, rest);
  }
  return result;
}

/** Whether two sets have the same paths. */
export function sameSet(a: FieldSet, b: FieldSet): boolean {
  return isEmpty(difference(a, b)) && isEmpty(difference(b, a));
}

const SELF = '.';

/** The wire form, elements in order. */
export function toFieldsV1(set: FieldSet): FieldsV1 {
  const fields: FieldsV1 = {};
  for (const element of elementsOf(set).sort()) {
    const child = set.children.get(element);
    const inner = child ? toFieldsV1(child) : {};
    fields[element] = child && set.members.has(element) ? { [SELF]: {}, ...inner } : inner;
  }
  return fields;
}

/** The set that the wire form describes. */
export function fromFieldsV1(fields: FieldsV1): FieldSet {
  const set = emptySet();
  for (const [element, inner] of Object.entries(fields)) {
    if (element === SELF) continue;
    const child = fromFieldsV1(inner);
    if (isEmpty(child) || SELF in inner) set.members.add(element);
    if (!isEmpty(child)) set.children.set(element, child);
  }
  return set;
}

/** The elements of each path of the set. */
export function pathsOf(set: FieldSet, prefix: readonly string[] = []): string[][] {
  const members = [...set.members].sort().map(element => [...prefix, element]);
  const below = [...set.children]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([element, child]) => pathsOf(child, [...prefix, element]));
  return [...members, ...below];
}

/** A path as refusals write it: `.spec.containers[name="a"].image`. */
export function pathText(path: readonly string[]): string {
  return path.map(elementText).join('');
}

function elementText(element: string): string {
  const body = element.slice(2);
  if (element.startsWith('f:')) return `.${body}`;
  if (element.startsWith('v:')) return `[=${body}]`;
  if (element.startsWith('k:')) {
    const keys = Object.entries(JSON.parse(body) as Record<string, unknown>);
    return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
  }
  return `[${body}]`;
}
