/** Reading expressions of the Common Expression Language, as admission policies and custom kinds write their rules in. */

/** An expression as a tree. A macro such as `all` is a call whose first argument is a name. */
export type Expr =
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'member'; readonly of: Expr; readonly name: string; readonly optional: boolean }
  | { readonly type: 'item'; readonly of: Expr; readonly at: Expr; readonly optional: boolean }
  | { readonly type: 'call'; readonly on: Expr | undefined; readonly name: string; readonly args: readonly Expr[] }
  | { readonly type: 'list'; readonly items: readonly Expr[] }
  | { readonly type: 'map'; readonly entries: readonly (readonly [Expr, Expr])[] };

/** An expression that cannot be read. */
export class CelSyntaxError extends Error {}

interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'sign' | 'end';
  readonly text: string;
  readonly value?: unknown;
}

const TOKEN =
  /\s+|\/\/[^\n]*|(?<text>[rR]?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|(?<number>0x[\da-fA-F]+u?|\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+u?)|(?<name>[A-Za-z_]\w*)|(?<sign>&&|\|\||==|!=|<=|>=|\.\?|\[\?|[-+*/%!<>?:.,()[\]{}])/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

function unquoted(literal: string): string {
  const raw = /^r/i.test(literal);
  const text = raw ? literal.slice(1) : literal;
  const width = /^("""|''')/.test(text) ? 3 : 1;
  const inner = text.slice(width, -width);
  if (raw) return inner;
  return inner.replace(/\\(u[\da-fA-F]{4}|x[\da-fA-F]{2}|[\s\S])/g, (_, code: string) =>
    code.length > 1 ? String.fromCodePoint(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  );
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(source);
    if (!found) throw new CelSyntaxError(`Syntax error: token recognition error at: '${source.slice(at, at + 1)}'`);
    at = TOKEN.lastIndex;
    const { text, number, name, sign } = found.groups ?? {};
    if (text !== undefined) tokens.push({ kind: 'text', text, value: unquoted(text) });
    else if (number !== undefined)
      tokens.push({ kind: 'number', text: number, value: Number(number.replace(/u$/, '')) });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
  }
  return [...tokens, { kind: 'end', text: '<EOF>' }];
}

/** Operators of two sides, the weakest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<=', '>=', '<', '>', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];

const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

const call = (name: string, ...args: Expr[]): Expr => ({ type: 'call', on: undefined, name, args });

/** Reads an expression. Throws CelSyntaxError. */
export function readCel(source: string): Expr {
  const tokens = tokensOf(source);
  let at = 0;
  const next = (): Token => tokens[at] ?? { kind: 'end', text: '<EOF>' };
  const take = (text: string): boolean => {
    const isNext = next().text === text && next().kind !== 'text' && next().kind !== 'end';
    if (isNext) at++;
    return isNext;
  };
  const expect = (text: string): void => {
    if (!take(text)) throw unexpected();
  };
  const unexpected = () => new CelSyntaxError(`Syntax error: mismatched input '${next().text}'`);

  const listUntil = (end: string): Expr[] => {
    const items: Expr[] = [];
    while (!take(end)) {
      items.push(choice());
      if (!take(',') && next().text !== end) throw unexpected();
    }
    return items;
  };

  const entries = (): (readonly [Expr, Expr])[] => {
    const found: (readonly [Expr, Expr])[] = [];
    while (!take('}')) {
      const key = choice();
      expect(':');
      found.push([key, choice()]);
      if (!take(',') && next().text !== '}') throw unexpected();
    }
    return found;
  };

  const nameHere = (): string => {
    const { kind, text } = next();
    if (kind !== 'name') throw unexpected();
    at++;
    return text;
  };

  const primary = (): Expr => {
    const { kind, text, value } = next();
    if (kind === 'text' || kind === 'number') {
      at++;
      return { type: 'value', value };
    }
    if (take('(')) {
      const inner = choice();
      expect(')');
      return inner;
    }
    if (take('[')) return { type: 'list', items: listUntil(']') };
    if (take('{')) return { type: 'map', entries: entries() };
    const name = nameHere();
    if (Object.hasOwn(WORDS, text)) return { type: 'value', value: WORDS[text] };
    return take('(') ? { type: 'call', on: undefined, name, args: listUntil(')') } : { type: 'name', name };
  };

  const chained = (): Expr => {
    let expr = primary();
    for (;;) {
      if (take('.')) {
        const name = nameHere();
        expr = take('(')
          ? { type: 'call', on: expr, name, args: listUntil(')') }
          : { type: 'member', of: expr, name, optional: false };
      } else if (take('.?')) expr = { type: 'member', of: expr, name: nameHere(), optional: true };
      else if (next().text === '[' || next().text === '[?') {
        const optional = next().text === '[?';
        at++;
        const index = choice();
        expect(']');
        expr = { type: 'item', of: expr, at: index, optional };
      } else return expr;
    }
  };

  const unary = (): Expr => {
    if (take('!')) return call('!', unary());
    if (take('-')) return call('-', unary());
    return chained();
  };

  const binary = (level: number): Expr => {
    const operators = LEVELS[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    for (;;) {
      const operator = operators.find(take);
      if (operator === undefined) return left;
      left = call(operator, left, binary(level + 1));
    }
  };

  const choice = (): Expr => {
    const condition = binary(0);
    if (!take('?')) return condition;
    const yes = choice();
    expect(':');
    return call('?:', condition, yes, choice());
  };

  const expr = choice();
  if (next().kind !== 'end') throw unexpected();
  return expr;
}
