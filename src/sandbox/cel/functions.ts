import { isRecord, sameJson } from '../object.ts';

/** An expression that can be read, but has no value here. */
export class CelError extends Error {}

/** A value that may be absent. */
export class Optional {
  readonly value: unknown;
  readonly isThere: boolean;

  constructor(isThere: boolean, value?: unknown) {
    this.isThere = isThere;
    this.value = value;
  }
}

const noOverload = () => new CelError('no such overload');

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw noOverload();
  return value;
};

const numbers = (values: readonly unknown[]): number[] => {
  if (!values.every(value => typeof value === 'number')) throw noOverload();
  return values as number[];
};

function size(value: unknown): number {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  if (isRecord(value)) return Object.keys(value).length;
  throw noOverload();
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw noOverload();
}

function asNumber(value: unknown): number {
  const number = typeof value === 'number' ? value : Number(text(value));
  if (Number.isNaN(number) || value === '') throw new CelError('type conversion error');
  return number;
}

function matches(value: unknown, pattern: unknown): boolean {
  try {
    return new RegExp(text(pattern), 'u').test(text(value));
  } catch (error) {
    throw error instanceof CelError ? error : new CelError(`error parsing regexp: ${text(pattern)}`);
  }
}

function within(value: unknown, holder: unknown): boolean {
  if (Array.isArray(holder)) return holder.some(item => sameJson(item, value));
  if (isRecord(holder)) return Object.hasOwn(holder, String(value));
  throw noOverload();
}

function plus(a: unknown, b: unknown): unknown {
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  const [x = 0, y = 0] = numbers([a, b]);
  return x + y;
}

/** Whole numbers are divided without a rest, as integers are. */
function divided(a: unknown, b: unknown): number {
  const [x = 0, y = 0] = numbers([a, b]);
  const whole = Number.isInteger(x) && Number.isInteger(y);
  if (whole && y === 0) throw new CelError('division by zero');
  return whole ? Math.trunc(x / y) : x / y;
}

function order(a: unknown, b: unknown): number {
  const comparable =
    (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
  if (!comparable) throw noOverload();
  return a === b ? 0 : (a as number) < (b as number) ? -1 : 1;
}

const minus = (a: unknown, b: unknown): number => {
  const [x = 0, y = 0] = numbers(b === undefined ? [0, a] : [a, b]);
  return x - y;
};

const list = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw noOverload();
  return value;
};

const optional = (value: unknown): Optional => {
  if (!(value instanceof Optional)) throw noOverload();
  return value;
};

const present = (value: unknown): unknown => {
  const { isThere, value: inner } = optional(value);
  if (!isThere) throw new CelError('optional.none() dereference');
  return inner;
};

/** Operators and functions; a method is a function of what it is called on. */
export const FUNCTIONS: Readonly<Record<string, (...args: unknown[]) => unknown>> = {
  '==': (a, b) => sameJson(a, b),
  '!=': (a, b) => !sameJson(a, b),
  '<': (a, b) => order(a, b) < 0,
  '<=': (a, b) => order(a, b) <= 0,
  '>': (a, b) => order(a, b) > 0,
  '>=': (a, b) => order(a, b) >= 0,
  '+': plus,
  '-': minus,
  '*': (a, b) => numbers([a, b]).reduce((x, y) => x * y),
  '/': divided,
  '%': (a, b) => numbers([a, b]).reduce((x, y) => x % y),
  in: within,
  size,
  string: asText,
  int: value => Math.trunc(asNumber(value)),
  uint: value => Math.trunc(asNumber(value)),
  double: asNumber,
  bool: value => (typeof value === 'boolean' ? value : text(value) === 'true'),
  dyn: value => value,
  startsWith: (value, start) => text(value).startsWith(text(start)),
  endsWith: (value, end) => text(value).endsWith(text(end)),
  contains: (value, part) => text(value).includes(text(part)),
  matches,
  lowerAscii: value => text(value).toLowerCase(),
  upperAscii: value => text(value).toUpperCase(),
  trim: value => text(value).trim(),
  replace: (value, from, to) => text(value).replaceAll(text(from), text(to)),
  split: (value, by) => text(value).split(text(by)),
  substring: (value, from, to) => text(value).slice(Number(from), to === undefined ? undefined : Number(to)),
  indexOf: (value, part) =>
    typeof value === 'string' ? value.indexOf(text(part)) : list(value).findIndex(item => sameJson(item, part)),
  join: (value, by) =>
    list(value)
      .map(text)
      .join(by === undefined ? '' : text(by)),
  sum: value => numbers(list(value)).reduce((a, b) => a + b, 0),
  min: value => Math.min(...numbers(list(value))),
  max: value => Math.max(...numbers(list(value))),
  orValue: (value, other) => (optional(value).isThere ? optional(value).value : other),
  hasValue: value => optional(value).isThere,
  value: present,
};

export { noOverload };
