import type { Json } from '../../k8s/object.ts';
import { type GoValue, RawNumber } from './go-json.ts';
import { isTooDeep } from './raw-members.ts';

interface RawSupport {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
}
const raw = JSON as unknown as RawSupport;

/**
 * Parses JSON and keeps the text of every number that JavaScript would write differently, above all integers beyond 2^53. Throws a
 * `SyntaxError` for malformed JSON and for JSON that is nested too deeply.
 */
export function parseExact(text: string): GoValue {
  if (isTooDeep(text)) throw new SyntaxError('nested too deeply');
  const keepExact = (_key: string, value: unknown, { source }: { source?: string }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? new RawNumber(source) : value;
  return raw.parse(text, keepExact) as GoValue;
}

/** The value as a request body; exact numbers keep their digits. */
export function onTheWire(value: GoValue): Json {
  if (value instanceof RawNumber) return raw.rawJSON(value.text) as Json;
  if (Array.isArray(value)) return value.map(onTheWire);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, onTheWire(member)]));
}

/** The value with its numbers rounded, as JSON.parse gives it. */
export function rounded(value: GoValue): GoValue {
  if (value instanceof RawNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, rounded(member)]));
}

/** Whether the value holds an integer beyond 2^53, which JSON.parse may have rounded. */
export function mayBeRounded(value: GoValue): boolean {
  if (value instanceof RawNumber) return mayBeRounded(Number(value.text));
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(member => mayBeRounded(member as GoValue));
}
