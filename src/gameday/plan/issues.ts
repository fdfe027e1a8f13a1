import type { z } from 'zod';
import { at, type Issue, quoted, suggestion } from '../../text/issue.ts';
import { isMap } from './json-schema.ts';

type ZodIssue = z.core.$ZodIssue;

/** Translates the issues of zod into the form of the project: the path, what was expected, what was found. */
export function issuesOf(
  found: readonly ZodIssue[],
  document: unknown,
  known: (path: readonly PropertyKey[]) => string[],
): Issue[] {
  return found.flatMap(issue => issuesIn(issue, [], { document, known }));
}

interface Context {
  document: unknown;
  known: (path: readonly PropertyKey[]) => string[];
}

function issuesIn(issue: ZodIssue, above: readonly PropertyKey[], context: Context): Issue[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') return branch(issue, path, context);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => ({
      path: pathText([...path, key]),
      message: `expected only ${context.known(path).join(', ')}, found this unknown field${suggestion(key, context.known(path))}`,
    }));
  const value = valueAt(context.document, path);
  return [{ path: pathText(path), message: worded(issue, value) }];
}

/** For a field that allows several types: the issues of the type that the value comes closest to. */
function branch(
  issue: Extract<ZodIssue, { code: 'invalid_union' }>,
  path: readonly PropertyKey[],
  context: Context,
): Issue[] {
  const [deepest] = issue.errors.toSorted((a, b) => depth(b) - depth(a));
  if (deepest !== undefined && depth(deepest) > 0)
    return deepest.flatMap(one => issuesIn(one as ZodIssue, path, context));
  const expected = issue.errors.flatMap(each => each.map(one => expectedOf(one as ZodIssue)));
  const message = `expected ${[...new Set(expected)].join(' or ')}, found ${described(valueAt(context.document, path))}`;
  return [{ path: pathText(path), message }];
}

const depth = (issues: readonly { path: readonly PropertyKey[]; code: string }[]): number =>
  Math.max(0, ...issues.map(({ path, code }) => path.length + (code === 'unrecognized_keys' ? 1 : 0)));

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => at(text, typeof step === 'number' ? step : String(step)), '');

function worded(issue: ZodIssue, value: unknown): string {
  const expected = expectedOf(issue);
  return expected.includes(', found ') ? `expected ${expected}` : `expected ${expected}, found ${described(value)}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'fields',
  record: 'fields',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function expectedOf(issue: ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map(String).join(' or ');
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string' ? 'at least one' : `${issue.minimum} or more`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    default:
      return issue.message.replace(/^expected /, '');
  }
}

function described(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isMap(value)) return 'fields';
  return typeof value === 'string' ? quoted(value) : `the ${typeof value} ${String(value)}`;
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    document,
  );
}
