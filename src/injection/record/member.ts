import type { KubeObject } from '../../k8s/object.ts';
import { own } from '../../text/own.ts';
import type { GoValue } from './go-json.ts';

/** The result of looking up a path of member names in an object. */
export type Member =
  | { state: 'present'; value: GoValue }
  /** `from` is the index of the first step whose member is missing. */
  | { state: 'absent'; from: number }
  /** The value before step `from` is not a map, so the path ends there. */
  | { state: 'blocked'; from: number };

export function memberAt(object: KubeObject, steps: readonly string[]): Member {
  let at: unknown = object;
  for (const [index, step] of steps.entries()) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) return { state: 'blocked', from: index };
    if (!Object.hasOwn(at, step)) return { state: 'absent', from: index };
    at = (at as Record<string, unknown>)[step];
  }
  return { state: 'present', value: at as GoValue };
}

/** `value` inside the members named by `steps`, outermost first. */
export function nested(steps: readonly string[], value: GoValue): GoValue {
  return steps.reduceRight<GoValue>((inner, step) => ({ [step]: inner }), value);
}

/**
 * Whether every member of `part` is in `whole` with the same value; lists are compared item by item. `whole` may have more members, because
 * servers add defaults. `same` says which differently written values mean the same.
 */
export function contains(whole: unknown, part: unknown, same?: (a: unknown, b: unknown) => boolean): boolean {
  if (typeof part !== 'object' || part === null) return whole === part || same?.(whole, part) === true;
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole) !== Array.isArray(part)) return false;
  if (Array.isArray(part) && (whole as unknown[]).length !== part.length) return false;
  return Object.entries(part).every(([key, value]) =>
    contains(own(whole as Record<string, unknown>, key), value, same),
  );
}
