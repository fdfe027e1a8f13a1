/** A JSON object. */
export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is at a path such as `status.conditions.0.type` or `metadata.annotations.[a.b/c]`; undefined when nothing is. */
export function at(value: unknown, path: string): unknown {
  const names = [...path.matchAll(/\[([^\]]+)\]|([^.[\]]+)/g)].map(match => match[1] ?? match[2] ?? '');
  return names.reduce<unknown>((inner, name) => (inner as Json | undefined | null)?.[name], value);
}
