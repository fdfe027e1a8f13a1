import type { Since } from '../health/trouble.ts';
import type { Fields, ViewObject } from '../health/view/cluster-view.ts';

/** A condition as most kinds of Kubernetes write it. */
export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  /** `lastTransitionTime` in milliseconds, where the writer sets it. */
  since: number | undefined;
}

const NOTHING: Fields = {};

/** The value as a JSON object; an empty one where it is something else. */
export const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NOTHING;

/** The value as a list of JSON objects; empty where it is something else. */
export const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);

/** The strings of a list. */
export const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(one => typeof one === 'string') : [];

/** The value as text; empty where it is something else. Numbers are written out: ports are either. */
export const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** The value as a number, or what stands in for it. */
export const number = (value: unknown, otherwise = 0): number => (typeof value === 'number' ? value : otherwise);

/** A map of strings: labels, selectors. */
export const textMap = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields(value)).map(([key, one]) => [key, text(one)]));

/** An RFC 3339 time in milliseconds; undefined where it is none. */
export function time(value: unknown): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? at : undefined;
}

const conditionOf = (one: Fields): Condition => ({
  type: text(one.type),
  status: text(one.status),
  reason: text(one.reason),
  message: text(one.message),
  since: time(one.lastTransitionTime),
});

/** The conditions in an object's status. */
export const conditions = (object: ViewObject): Condition[] => list(object.status.conditions).map(conditionOf);

/** One condition by its type. Asked of every pod by many rules: only the one is read. */
export function condition(object: ViewObject, type: string): Condition | undefined {
  const all = object.status.conditions;
  if (!Array.isArray(all)) return undefined;
  const found = all.find(one => fields(one).type === type);
  return found === undefined ? undefined : conditionOf(fields(found));
}

/** Quotes a condition for an evidence line: `status.conditions[Ready]: False KubeletNotReady "PLEG is not healthy"`. */
export const quoted = ({ type, status, reason, message }: Condition): string =>
  `status.conditions[${type}]: ${status}${reason && ` ${reason}`}${message && ` "${message}"`}`;

/** When an object was made, in milliseconds. */
export const created = (object: ViewObject): number => time(object.metadata.creationTimestamp) ?? 0;

/** Exactly then where it is known; else some time before what is known. */
export const sinceTime = (exact: number | undefined, atLeast: number): Since =>
  exact === undefined ? { at: atLeast, exact: false } : { at: exact, exact: true };
