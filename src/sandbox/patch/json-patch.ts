import { cloneJson, isRecord, sameJson } from '../object.ts';

/** One step of a JSON patch (RFC 6902). */
export interface PatchStep {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** A JSON patch that cannot be applied: a failed test or a path that is not there. */
export class PatchError extends Error {}

const unescaped = (token: string) => token.replaceAll('~1', '/').replaceAll('~0', '~');

function tokens(path: unknown): string[] {
  if (typeof path !== 'string') throw new PatchError('a step has no path');
  if (path === '') return [];
  // Text before the first slash is ignored, as in the API server's own library.
  const [, ...rest] = path.split('/');
  if (rest.length === 0) throw new PatchError(`a path starts with /, not ${JSON.stringify(path)}`);
  return rest.map(unescaped);
}

/** The index that a token stands for; a negative one counts from the end, as in the API server's own library. */
function indexOf(token: string, length: number, last: number): number {
  const stated = /^[+-]?\d+$/.test(token) ? Number(token) : Number.NaN;
  const index = stated < 0 ? stated + length : stated;
  if (!(index >= 0 && index <= last)) throw new PatchError(`no item ${token}`);
  return index;
}

function child(holder: unknown, token: string): unknown {
  if (Array.isArray(holder)) return holder[indexOf(token, holder.length, holder.length - 1)];
  if (isRecord(holder) && Object.hasOwn(holder, token)) return holder[token];
  throw new PatchError(`no member ${token}`);
}

const find = (root: unknown, path: readonly string[]): unknown => path.reduce(child, root);

function add(holder: unknown, token: string, value: unknown): void {
  if (Array.isArray(holder)) {
    holder.splice(token === '-' ? holder.length : indexOf(token, holder.length + 1, holder.length), 0, value);
  } else if (isRecord(holder)) {
    Object.defineProperty(holder, token, { value, enumerable: true, writable: true, configurable: true });
  } else throw new PatchError(`nothing to add ${token} to`);
}

function remove(holder: unknown, token: string): void {
  child(holder, token);
  if (Array.isArray(holder)) holder.splice(indexOf(token, holder.length, holder.length - 1), 1);
  else delete (holder as Record<string, unknown>)[token];
}

/** As in the API server's own library, a missing member is added. */
function replace(holder: unknown, token: string, value: unknown): void {
  if (Array.isArray(holder)) holder[indexOf(token, holder.length, holder.length - 1)] = value;
  else add(holder, token, value);
}

function move(root: unknown, from: readonly string[], holder: unknown, token: string): void {
  const moved = find(root, from);
  remove(find(root, from.slice(0, -1)), from.at(-1) ?? '');
  add(holder, token, moved);
}

function change(root: unknown, holder: unknown, token: string, { op, from, value }: PatchStep): void {
  if (op === 'add') add(holder, token, cloneJson(value ?? null));
  else if (op === 'remove') remove(holder, token);
  else if (op === 'replace') replace(holder, token, cloneJson(value));
  else if (op === 'copy') add(holder, token, cloneJson(find(root, tokens(from ?? ''))));
  else if (op === 'move') move(root, tokens(from ?? ''), holder, token);
  else throw new PatchError(`no operation ${op}`);
}

function step(root: unknown, next: PatchStep): unknown {
  const where = tokens(next.path);
  if (next.op === 'test') {
    // The real server takes a missing member for null here.
    if (!sameJson(present(root, where) ?? null, next.value ?? null))
      throw new PatchError(`test of ${next.path} failed`);
    return root;
  }
  const token = where.at(-1);
  if (token === undefined) return wholeDocument(root, next);
  change(root, find(root, where.slice(0, -1)), token, next);
  return root;
}

function wholeDocument(root: unknown, { op, from, value }: PatchStep): unknown {
  if (op === 'remove') return null;
  return cloneJson(op === 'move' || op === 'copy' ? find(root, tokens(from ?? '')) : value);
}

function present(root: unknown, path: readonly string[]): unknown {
  const holder = find(root, path.slice(0, -1));
  const token = path.at(-1);
  if (token === undefined) return root;
  if (isRecord(holder)) return holder[token];
  return child(holder, token);
}

/** The document after every step, in order. Throws PatchError, leaving the document as it was. */
export function applyJsonPatch(document: unknown, steps: readonly PatchStep[]): unknown {
  return steps.reduce(step, cloneJson(document));
}
