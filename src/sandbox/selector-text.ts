import type { Requirement } from './selector.ts';
import { badRequest } from './status.ts';
import { labelKey, labelValue } from './validate/names.ts';

interface Token {
  kind: 'identifier' | 'symbol' | 'end';
  text: string;
}

const SYMBOLS = new Set(['=', '==', '!=', '!', '(', ')', ',', '>', '<']);

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [token] of text.matchAll(/==|!=|[=!(),<>]|[^\s=!(),<>]+/g))
    tokens.push({ kind: SYMBOLS.has(token) ? 'symbol' : 'identifier', text: token });
  return tokens;
}

const END: Token = { kind: 'end', text: '' };

/** Reads a label selector as text (`a=b,c in (d,e),!f`). Refuses with the words of the API server's parser. */
export function parseLabelSelector(text: string): Requirement[] {
  const parser = { tokens: tokenise(text), at: 0 };
  const requirements: Requirement[] = [];
  if (peek(parser).kind === 'end') return requirements;
  for (;;) {
    requirements.push(requirement(parser));
    const next = take(parser);
    if (next.kind === 'end') return requirements;
    if (next.text !== ',') throw badRequest(`found '${next.text}', expected: ',' or 'end of string'`);
    const after = peek(parser);
    if (after.kind !== 'identifier' && after.text !== '!')
      throw badRequest(`found '${after.text}', expected: identifier after ','`);
  }
}

interface Parser {
  tokens: readonly Token[];
  at: number;
}

const peek = (p: Parser): Token => p.tokens[p.at] ?? END;

function take(p: Parser): Token {
  const token = peek(p);
  p.at++;
  return token;
}

function keyOf(p: Parser): string {
  const token = take(p);
  if (token.kind !== 'identifier')
    throw badRequest(
      p.at === 1
        ? `found '${token.text}', expected: !, identifier, or 'end of string'`
        : `unable to parse requirement: found '${token.text}', expected: identifier`,
    );
  const bad = labelKey(token.text);
  if (bad) throw badRequest(`unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(token.text)}: ${bad}`);
  return token.text;
}

function requirement(p: Parser): Requirement {
  if (peek(p).text === '!' && peek(p).kind === 'symbol') {
    take(p);
    return { key: keyOf(p), operator: '!', values: [] };
  }
  const key = keyOf(p);
  const operator = peek(p);
  if (operator.kind === 'end' || operator.text === ',') return { key, operator: 'exists', values: [] };
  take(p);
  switch (operator.text) {
    case '=':
    case '==':
      return { key, operator: 'in', values: [identifierValue(p, key)] };
    case '!=':
      return { key, operator: 'notin', values: [identifierValue(p, key)] };
    case 'in':
    case 'notin':
      return { key, operator: operator.text, values: valuesOf(p) };
    case '>':
    case '<':
      return { key, operator: operator.text === '>' ? 'gt' : 'lt', values: [integerValue(p, key)] };
    default:
      throw badRequest(`unable to parse requirement: found '${operator.text}', expected: in, notin, =, ==, !=, gt, lt`);
  }
}

function integerValue(p: Parser, key: string): string {
  const value = identifierValue(p, key);
  if (/^[+-]?\d+$/.test(value)) return value;
  throw badRequest(
    `unable to parse requirement: values[0]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
  );
}

function identifierValue(p: Parser, key: string): string {
  const token = peek(p);
  // `a=` asks for an empty value.
  if (token.kind === 'end' || token.text === ',') return '';
  take(p);
  if (token.kind === 'symbol')
    throw badRequest(`unable to parse requirement: found '${token.text}', expected: identifier`);
  const bad = labelValue(token.text);
  if (bad)
    throw badRequest(
      `unable to parse requirement: values[0][${key}]: Invalid value: ${JSON.stringify(token.text)}: ${bad}`,
    );
  return token.text;
}

function valuesOf(p: Parser): string[] {
  const open = take(p);
  if (open.text !== '(') throw badRequest(`unable to parse requirement: found '${open.text}' expected: '('`);
  const values: string[] = [];
  for (;;) {
    const token = take(p);
    if (token.kind === 'identifier') values.push(token.text);
    else if (token.text === ')') return values.length > 0 ? values : [''];
    else if (token.text !== ',')
      throw badRequest(`unable to parse requirement: found '${token.text}', expected: ',' or ')'`);
  }
}
