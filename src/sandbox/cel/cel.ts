import {
  type ASTNode,
  TypeError as CelTypeError,
  Environment,
  EvaluationError,
  ParseError,
  type ParseResult,
} from '@marcbachmann/cel-js';
import { isRecord } from '../object.ts';
import { addKubernetesFunctions } from './functions.ts';

/** The values of the variables. */
type Scope = Readonly<Record<string, unknown>>;

/** The expression cannot be parsed, or cannot be evaluated here. The message is CEL's own, in one line. */
class CelError extends Error {}

/** A CEL expression. */
export interface Cel {
  /** Its value: whole numbers as numbers. Throws CelError. */
  value(scope: Scope): unknown;
  /** Its value; undefined when it has none. */
  tryValue(scope: Scope): unknown;
  mentions(name: string): boolean;
}

const environment = addKubernetesFunctions(
  new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true }),
);

/** A CEL expression from its source. It is parsed when it is first evaluated. */
export function celOf(source: string): Cel {
  let read: ParseResult | undefined;
  const parsed = () => {
    read ??= withCelErrors(() => environment.parse(source));
    return read;
  };
  const value = (scope: Scope) =>
    withCelErrors(() => fromCelValue(parsed()(toCelValue(scope) as Record<string, unknown>)));
  return {
    value,
    tryValue(scope) {
      try {
        return value(scope);
      } catch (error) {
        if (error instanceof CelError) return undefined;
        throw error;
      }
    },
    mentions: name => mentions(parsed().ast, name),
  };
}

/** Why a text is not a valid expression; undefined when it is. */
export function celProblem(source: string): string | undefined {
  try {
    environment.parse(source);
    return undefined;
  } catch (error) {
    if (error instanceof ParseError) return `Syntax error: ${error.summary}`;
    throw error;
  }
}

/** Turns the library's errors into CelError, worded as the API server words them. */
function withCelErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof ParseError || error instanceof CelTypeError)
      throw new CelError(apiServerWording(error.summary));
    throw error;
  }
}

const apiServerWording = (summary: string): string =>
  summary
    .replace(/^Unknown variable: (.*)$/, "undeclared reference to '$1'")
    .replace(/^No such key: (.*)$/i, 'no such key: $1')
    .replace(/^(?:int|uint|double|bool)\(\) type error: .*$/, 'type conversion error')
    .replace(/^Ternary condition must be bool, .*$/, 'no such overload');

/** JSON has one number type, CEL has two: a whole number becomes an int. */
function toCelValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCelValue);
  if (!isRecord(value)) return value;
  const made: Record<string, unknown> = Object.create(null);
  for (const [key, { get, value: member }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    // Getters stay getters: the variables of a policy are evaluated when they are first read.
    if (get) Object.defineProperty(made, key, { enumerable: true, get: () => toCelValue(get.call(value)) });
    else if (member !== undefined) made[key] = toCelValue(member);
  }
  return made;
}

function fromCelValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(fromCelValue);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, member]) => [String(key), fromCelValue(member)]));
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fromCelValue(member)]))
    : value;
}

/** Whether an expression mentions a name. */
function mentions({ op, args }: ASTNode, name: string): boolean {
  if (op === 'id') return args === name;
  return nodesIn(op === 'value' ? [] : args).some(node => mentions(node, name));
}

function nodesIn(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(nodesIn);
  return isRecord(args) && 'op' in args ? [args as unknown as ASTNode] : [];
}
