import { isRecord } from '../object.ts';
import { CelError, FUNCTIONS, noOverload, Optional } from './functions.ts';
import type { Expr } from './read.ts';

/** What names stand for. */
export type Scope = Readonly<Record<string, unknown>>;

const boolean = (value: unknown): boolean => {
  if (typeof value !== 'boolean') throw noOverload();
  return value;
};

/** `&&` and `||`: an error on one side is nothing where the other side decides. */
function either(left: Expr, right: Expr, scope: Scope, decisive: boolean): boolean {
  let failure: unknown;
  for (const side of [left, right]) {
    try {
      if (boolean(evaluate(side, scope)) === decisive) return decisive;
    } catch (error) {
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
  return !decisive;
}

function memberOf(holder: unknown, name: string): Optional {
  const there = isRecord(holder) && Object.hasOwn(holder, name) && holder[name] !== undefined;
  if (!isRecord(holder) && holder !== null) throw noOverload();
  return new Optional(there, there ? holder[name] : undefined);
}

function itemOf(holder: unknown, at: unknown): Optional {
  if (!Array.isArray(holder)) return memberOf(holder, String(at));
  const there = typeof at === 'number' && at >= 0 && at < holder.length;
  return new Optional(there, there ? holder[at] : undefined);
}

/** A part of a value: what is asked for as optional, or comes out of something optional, is optional itself. */
function part(holder: unknown, isOptional: boolean, find: (holder: unknown) => Optional, missing: string): unknown {
  if (holder instanceof Optional) return holder.isThere ? find(holder.value) : holder;
  const found = find(holder);
  if (isOptional) return found;
  if (!found.isThere) throw new CelError(missing);
  return found.value;
}

type Macro = (items: readonly unknown[], each: (item: unknown, which?: number) => unknown) => unknown;

const MACROS: Readonly<Record<string, Macro>> = {
  all: (items, each) => items.every(item => boolean(each(item))),
  exists: (items, each) => items.some(item => boolean(each(item))),
  exists_one: (items, each) => items.filter(item => boolean(each(item))).length === 1,
  existsOne: (items, each) => items.filter(item => boolean(each(item))).length === 1,
  filter: (items, each) => items.filter(item => boolean(each(item))),
  map: (items, each) => items.map(item => each(item)),
};

function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (isRecord(value)) return Object.keys(value);
  throw noOverload();
}

function runMacro(macro: Macro, on: Expr, args: readonly Expr[], scope: Scope): unknown {
  const [variable, ...bodies] = args;
  const last = bodies.at(-1);
  if (variable?.type !== 'name' || !last) throw noOverload();
  const with_ = (item: unknown) => ({ ...scope, [variable.name]: item });
  const items = itemsOf(evaluate(on, scope));
  // The longer form of `map` has a condition first.
  const [condition] = bodies;
  const chosen =
    bodies.length > 1 && condition ? items.filter(item => boolean(evaluate(condition, with_(item)))) : items;
  return macro(chosen, item => evaluate(last, with_(item)));
}

function isThere(expr: Expr | undefined, scope: Scope): boolean {
  if (expr?.type !== 'member') throw new CelError('invalid argument to has() macro');
  const holder = evaluate(expr.of, scope);
  const inner = holder instanceof Optional ? holder.value : holder;
  return isRecord(inner) && inner[expr.name] !== undefined && inner[expr.name] !== null;
}

const NOTHING: Expr = { type: 'value', value: null };

/** What does not look at all of its arguments, or not at their values. */
const LAZY: Readonly<Record<string, (args: readonly Expr[], scope: Scope) => unknown>> = {
  '&&': ([a = NOTHING, b = NOTHING], scope) => either(a, b, scope, false),
  '||': ([a = NOTHING, b = NOTHING], scope) => either(a, b, scope, true),
  '!': ([a = NOTHING], scope) => !boolean(evaluate(a, scope)),
  '?:': ([condition = NOTHING, yes = NOTHING, no = NOTHING], scope) =>
    evaluate(boolean(evaluate(condition, scope)) ? yes : no, scope),
  has: ([member], scope) => isThere(member, scope),
};

function callOf({ on, name, args }: Extract<Expr, { type: 'call' }>, scope: Scope): unknown {
  const lazy = on === undefined ? LAZY[name] : undefined;
  if (lazy) return lazy(args, scope);
  const [first] = args;
  const macro = MACROS[name];
  if (on && macro) return runMacro(macro, on, args, scope);
  if (on?.type === 'name' && on.name === 'optional')
    return new Optional(name === 'of', first && evaluate(first, scope));
  const called = FUNCTIONS[name];
  if (!called) throw new CelError(`no such function: ${name}`);
  return called(...(on ? [evaluate(on, scope)] : []), ...args.map(arg => evaluate(arg, scope)));
}

/** The value of an expression. Throws CelError. */
export function evaluate(expr: Expr, scope: Scope): unknown {
  switch (expr.type) {
    case 'value':
      return expr.value;
    case 'name':
      if (!Object.hasOwn(scope, expr.name)) throw new CelError(`undeclared reference to '${expr.name}'`);
      return scope[expr.name];
    case 'member':
      return part(evaluate(expr.of, scope), expr.optional, of => memberOf(of, expr.name), `no such key: ${expr.name}`);
    case 'item': {
      const at = evaluate(expr.at, scope);
      return part(evaluate(expr.of, scope), expr.optional, of => itemOf(of, at), `no such key: ${String(at)}`);
    }
    case 'list':
      return expr.items.map(item => evaluate(item, scope));
    case 'map':
      return Object.fromEntries(
        expr.entries.map(([key, value]) => [String(evaluate(key, scope)), evaluate(value, scope)]),
      );
    default:
      return callOf(expr, scope);
  }
}

/** Whether an expression mentions a name outside of what its own macros introduce. */
export function mentions(expr: Expr, name: string): boolean {
  switch (expr.type) {
    case 'name':
      return expr.name === name;
    case 'member':
      return mentions(expr.of, name);
    case 'item':
      return mentions(expr.of, name) || mentions(expr.at, name);
    case 'list':
      return expr.items.some(item => mentions(item, name));
    case 'map':
      return expr.entries.some(([key, value]) => mentions(key, name) || mentions(value, name));
    case 'call':
      return (expr.on !== undefined && mentions(expr.on, name)) || expr.args.some(arg => mentions(arg, name));
    default:
      return false;
  }
}
