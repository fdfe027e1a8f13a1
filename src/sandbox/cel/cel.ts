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

/** What names stand for. */
export type Scope = Readonly<Record<string, unknown>>;

/** An expression that has no value here, or is none; the message is that of the language, one line. */
export class CelError extends Error {}

/** An expression that has been read. */
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

/** Reads an expression when its value is asked for. */
export function celOf(source: string): Cel {
  let read: ParseResult | undefined;
  const parsed = () => {
    read ??= saying(() => environment.parse(source));
    return read;
  };
  const value = (scope: Scope) => saying(() => outward(parsed()(inward(scope) as Record<string, unknown>)));
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

/** Why a text is no expression; undefined when it is one. */
export function celProblem(source: string): string | undefined {
  try {
    environment.parse(source);
    return undefined;
  } catch (error) {
    if (error instanceof ParseError) return `Syntax error: ${error.summary}`;
    throw error;
  }
}

/** The library's errors as one kind, in the words of the API server where those are asked for. */
function saying<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof ParseError || error instanceof CelTypeError)
      throw new CelError(inOurWords(error.summary));
    throw error;
  }
}

const inOurWords = (summary: string): string =>
  summary
    .replace(/^Unknown variable: (.*)$/, "undeclared reference to '$1'")
    .replace(/^No such key: (.*)$/i, 'no such key: $1')
    .replace(/^(?:int|uint|double|bool)\(\) type error: .*$/, 'type conversion error')
    .replace(/^Ternary condition must be bool, .*$/, 'no such overload');

/** JSON has one kind of number, the language two: a whole number is an int. */
function inward(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(inward);
  if (!isRecord(value)) return value;
  const made: Record<string, unknown> = Object.create(null);
  for (const [key, { get, value: member }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    // What is worked out when it is first asked for, as variables of a policy are, stays so.
    if (get) Object.defineProperty(made, key, { enumerable: true, get: () => inward(get.call(value)) });
    else if (member !== undefined) made[key] = inward(member);
  }
  return made;
}

function outward(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(outward);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, member]) => [String(key), outward(member)]));
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, outward(member)]))
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
