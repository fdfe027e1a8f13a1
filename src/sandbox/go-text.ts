import { isRecord } from './object.ts';

/** A value as Go prints it: `map[spec:map[replicas:x]]`. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isRecord(value)) return value === null ? '<nil>' : String(value);
  const members = Object.keys(value).sort();
  return `map[${members.map(name => `${name}:${goText(value[name])}`).join(' ')}]`;
}
