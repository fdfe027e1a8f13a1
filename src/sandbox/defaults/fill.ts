import { isRecord } from '../object.ts';

export type Fields = Record<string, unknown>;

/** The object at a member, or undefined. */
export function part(of: unknown, ...path: readonly string[]): Fields | undefined {
  let at: unknown = of;
  for (const name of path) at = isRecord(at) ? at[name] : undefined;
  return isRecord(at) ? at : undefined;
}

/** The object at a member, created when missing. */
export function ensure(of: Fields, name: string): Fields {
  if (!isRecord(of[name])) of[name] = {};
  return of[name] as Fields;
}

/** The objects of a list member. */
export function each(of: Fields | undefined, name: string): Fields[] {
  const list = of?.[name];
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

/** Sets members that are not there yet. Values are shared, so they must be scalars or made for this call. */
export function fill(target: Fields, defaults: Fields): void {
  for (const [name, value] of Object.entries(defaults)) if (target[name] === undefined) target[name] = value;
}
