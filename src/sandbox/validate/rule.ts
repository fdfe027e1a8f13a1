import { type Fields, part } from '../defaults/fill.ts';
import { type KubeObject, sameJson } from '../object.ts';
import type { StatusCause } from '../status.ts';
import { invalidValue } from './field.ts';

/** What is wrong with an object. */
export type Rule = (object: KubeObject) => StatusCause[];
/** What an update may not change. */
export type UpdateRule = (before: KubeObject, after: KubeObject) => StatusCause[];

export const NOT_NEGATIVE = 'must be greater than or equal to 0';
export const IMMUTABLE = 'field is immutable';

export const specOf = (object: KubeObject): Fields => part(object, 'spec') ?? {};

/** The causes for negative numbers of a spec. */
export function notNegative(spec: Fields, ...names: readonly string[]): StatusCause[] {
  return names.flatMap(name => {
    const value = spec[name];
    return typeof value === 'number' && value < 0 ? [invalidValue(`spec.${name}`, value, NOT_NEGATIVE)] : [];
  });
}

/** The causes for changed members of a spec that are immutable. */
export const immutable = (before: Fields, after: Fields, ...names: readonly string[]): StatusCause[] =>
  names.flatMap(name =>
    sameJson(before[name], after[name]) ? [] : [invalidValue(`spec.${name}`, after[name] ?? null, IMMUTABLE)],
  );

const PERCENT_RULE =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** A count or a percentage. */
export function countOrPercent(field: string, value: unknown): StatusCause[] {
  if (typeof value === 'string' && !/^\d+%$/.test(value)) return [invalidValue(field, value, PERCENT_RULE)];
  return typeof value === 'number' && value < 0 ? [invalidValue(field, value, NOT_NEGATIVE)] : [];
}
