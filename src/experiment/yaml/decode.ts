import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { parseDuration } from '../../text/duration.ts';
import { at, DURATION_HINT, type Issue, quoted, suggestion } from '../../text/issue.ts';
import { asText, type Plain, plainScalar } from './scalar.ts';
import type { Shape } from './shape.ts';

/** A decoded document: the value without its wrong parts, the issues, and where each path begins in the text. */
export interface Decoded {
  value: unknown;
  issues: Issue[];
  offsets: ReadonlyMap<string, number>;
}

interface Context {
  document: Document;
  issues: Issue[];
  offsets: Map<string, number>;
  visits: number;
}

/** Aliases can multiply a small file into a huge one; real experiments are far smaller. */
const MOST_NODES = 50_000;

/** Reads `root` as `shape`, strictly: unknown, repeated or mistyped members are issues. Durations come out in milliseconds. */
export function decode(document: Document, root: Node, shape: Shape): Decoded {
  const context: Context = { document, issues: [], offsets: new Map(), visits: 0 };
  const value = decodeNode(root, shape, '', context);
  return { value, issues: context.issues, offsets: context.offsets };
}

function decodeNode(given: unknown, shape: Shape, path: string, context: Context): unknown {
  const node = withoutAlias(given, context);
  context.visits += 1;
  if (context.visits > MOST_NODES) return reportTooMany(path, context);
  const offset = offsetOf(given) ?? offsetOf(node);
  if (offset !== undefined && !context.offsets.has(path)) context.offsets.set(path, offset);
  switch (shape.is) {
    case 'any':
      return undefined;
    case 'json':
      return decodeJson(node, path, context);
    case 'fields':
      return decodeFields(node, shape.fields, path, context);
    case 'texts':
      return decodeTexts(node, path, context);
    case 'list':
      return decodeList(node, shape.of, path, context);
    default:
      return decodeScalar(node, shape.is, path, context);
  }
}

function reportTooMany(path: string, context: Context): undefined {
  if (context.visits === MOST_NODES + 1)
    addIssue(context, path, `expected at most ${MOST_NODES} values: aliases multiply this document`);
  return undefined;
}

function withoutAlias(node: unknown, context: Context): unknown {
  return isAlias(node) ? node.resolve(context.document) : node;
}

function offsetOf(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] | null } | null | undefined)?.range?.[0];
}

function addIssue(context: Context, path: string, message: string): void {
  context.issues.push({ path, message });
}

function decodeFields(node: unknown, known: Readonly<Record<string, Shape>>, path: string, context: Context): unknown {
  if (isNothing(node)) return undefined;
  if (!isMap(node)) return addIssue(context, path, `expected fields, found ${describe(node)}`);
  const value: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const { name, pair } of members(node, context, path)) {
    const field = fieldNamed(name, known);
    if (field === undefined) {
      addIssue(context, at(path, name), `unknown field${suggestion(name, Object.keys(known))}`);
      noteOffset(pair, at(path, name), context);
      continue;
    }
    if (seen.has(field)) {
      addIssue(context, at(path, field), 'given twice');
      continue;
    }
    seen.add(field);
    const decoded = decodeNode(pair.value, known[field] as Shape, at(path, field), context);
    if (decoded !== undefined) value[field] = decoded;
  }
  return value;
}

function fieldNamed(name: string, known: Readonly<Record<string, Shape>>): string | undefined {
  if (Object.hasOwn(known, name)) return name;
  const folded = foldCase(name);
  return Object.keys(known).find(field => foldCase(field) === folded);
}

const foldCase = (name: string) => name.toUpperCase().toLowerCase();

function noteOffset(pair: Pair, path: string, context: Context): void {
  const offset = offsetOf(pair.key);
  if (offset !== undefined) context.offsets.set(path, offset);
}

function decodeTexts(node: unknown, path: string, context: Context): unknown {
  if (isNothing(node)) return undefined;
  if (!isMap(node)) return addIssue(context, path, `expected names with text values, found ${describe(node)}`);
  const value: Record<string, string> = Object.create(null);
  const seen = new Set<string>();
  for (const { name, pair } of members(node, context, path)) {
    if (seen.has(name)) {
      addIssue(context, at(path, name), 'given twice');
      continue;
    }
    seen.add(name);
    const decoded = decodeNode(pair.value, { is: 'text' }, at(path, name), context);
    value[name] = typeof decoded === 'string' ? decoded : '';
  }
  return value;
}

function decodeList(node: unknown, of: Shape, path: string, context: Context): unknown {
  if (isNothing(node)) return undefined;
  if (!isSeq(node)) return addIssue(context, path, `expected a list, found ${describe(node)}`);
  return node.items.map(
    (item, index) => decodeNode(item, of, at(path, index), context) ?? (of.is === 'text' ? '' : {}),
  );
}

/** Any value: maps, lists and scalars, as the framework's loader hands them on. */
function decodeJson(node: unknown, path: string, context: Context): unknown {
  const inner = (given: unknown, name: string | number) =>
    decodeNode(given, { is: 'json' }, at(path, name), context) ?? null;
  if (isSeq(node)) return node.items.map(inner);
  if (isMap(node)) {
    const value: Record<string, unknown> = Object.create(null);
    for (const { name, pair } of members(node, context, path)) {
      if (Object.hasOwn(value, name)) addIssue(context, at(path, name), 'given twice');
      value[name] = inner(pair.value, name);
    }
    return value;
  }
  const plain = isScalar(node) ? scalarValue(node) : null;
  return typeof plain === 'bigint' ? Number(plain) : plain;
}

interface Member {
  name: string;
  pair: Pair;
}

/** The members of a map, including those merged in by `<<`. As in the framework's loader, no name may occur twice among them. */
function members(map: YAMLMap, context: Context, path: string): Member[] {
  const found: Member[] = [];
  for (const pair of map.items) {
    context.visits += 1;
    if (context.visits > MOST_NODES) {
      reportTooMany(path, context);
      return found;
    }
    if (isMergeKey(pair.key)) found.push(...mergedMembers(pair.value, context, path));
    else found.push({ name: keyName(pair.key, context), pair });
  }
  return found;
}

const isMergeKey = (key: unknown) =>
  isScalar(key) && key.type === 'PLAIN' && key.value === '<<' && key.tag === undefined;

function mergedMembers(given: unknown, context: Context, path: string): Member[] {
  const node = withoutAlias(given, context);
  const sources = isSeq(node) ? node.items.map(item => withoutAlias(item, context)) : [node];
  return sources.flatMap(source => {
    if (!isMap(source)) {
      addIssue(context, path, `expected "<<" to name a map, found ${describe(source)}`);
      return [];
    }
    return members(source, context, path);
  });
}

function keyName(key: unknown, context: Context): string {
  const node = withoutAlias(key, context);
  if (!isScalar(node)) return '(a key that is no text)';
  const plain = scalarValue(node);
  return plain === null ? 'null' : asText(plain);
}

/** The value of a scalar: quoted text is text, the rest is read as YAML 1.1. */
function scalarValue(node: Scalar): Plain {
  const source = node.value === null ? '' : String(node.value);
  if (node.tag !== undefined) return tagged(node.tag, source);
  return node.type === 'PLAIN' || node.value === null ? plainScalar(source) : source;
}

function tagged(tag: string, source: string): Plain {
  return tag === '!' || tag.endsWith(':str') ? source : plainScalar(source);
}

const isNothing = (node: unknown) =>
  node === null || node === undefined || (isScalar(node) && scalarValue(node) === null);

function decodeScalar(
  node: unknown,
  shape: 'text' | 'int32' | 'boolean' | 'duration',
  path: string,
  context: Context,
): unknown {
  if (shape === 'duration') return decodeDuration(node, path, context);
  if (isNothing(node)) return undefined;
  const value = isScalar(node) ? scalarValue(node) : undefined;
  if (value === undefined || value === null)
    return addIssue(context, path, `expected ${EXPECTED[shape]}, found ${describe(node)}`);
  if (shape === 'text') return asText(value);
  const read = shape === 'boolean' ? (typeof value === 'boolean' ? value : undefined) : wholeNumber(value);
  return read ?? addIssue(context, path, `expected ${EXPECTED[shape]}, found ${describe(node)}`);
}

const EXPECTED = { text: 'text', int32: 'a whole number', boolean: 'true or false' } as const;

function decodeDuration(node: unknown, path: string, context: Context): number | undefined {
  const value = isScalar(node) ? scalarValue(node) : null;
  const ms = typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms === undefined) addIssue(context, path, `expected ${DURATION_HINT}, found ${describe(node)}`);
  return ms;
}

function wholeNumber(value: Plain): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  const fits =
    typeof number === 'number' && Number.isInteger(number) && Math.abs(number) <= 2 ** 31 && number !== 2 ** 31;
  return fits ? number : undefined;
}

/** A node in a few words, for messages. */
function describe(node: unknown): string {
  if (isMap(node)) return 'fields';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node)) return 'nothing';
  const value = scalarValue(node);
  if (value === null) return 'nothing';
  return typeof value === 'string'
    ? quoted(value)
    : `the ${typeof value === 'boolean' ? 'boolean' : 'number'} ${asText(value)}`;
}
