import type { Clean } from './sanitise.ts';
import { graphemes } from './width.ts';

/** The states of things on the screen; each has a word and a glyph of its own, so that colour is never needed to tell them apart. */
export type State = 'ok' | 'warn' | 'fail' | 'wait' | 'stale' | 'blind';

/** The drawing characters of one terminal. Each takes one column. */
export interface Glyphs {
  readonly states: Readonly<Record<State, string>>;
  readonly cursor: string;
  readonly marked: string;
  readonly live: string;
  readonly diverged: string;
  readonly rule: string;
  readonly barFull: string;
  readonly barEmpty: string;
  readonly ellipsis: string;
  readonly arrow: string;
  readonly bullet: string;
}

export const STATE_WORDS: Readonly<Record<State, string>> = {
  ok: 'ok',
  warn: 'warn',
  fail: 'FAIL',
  wait: 'wait',
  stale: 'stale',
  blind: 'BLIND',
};

type Pair = readonly [unicode: string, ascii: string];

/** Each state's glyph in Unicode, which has no emoji form and is one column wide everywhere, and in ASCII. */
const STATES: Readonly<Record<State, Pair>> = {
  ok: ['✓', '+'],
  warn: ['!', '!'],
  fail: ['✗', 'x'],
  wait: ['◦', '.'],
  stale: ['↺', '~'],
  blind: ['?', '?'],
};

/** The same for everything else that is drawn. */
const OTHERS: Readonly<Record<Exclude<keyof Glyphs, 'states'>, Pair>> = {
  cursor: ['▸', '>'],
  marked: ['*', '*'],
  live: ['►', '>'],
  diverged: ['⚑', '#'],
  rule: ['─', '-'],
  barFull: ['━', '#'],
  barEmpty: ['─', '-'],
  ellipsis: ['…', '~'],
  arrow: ['→', '>'],
  bullet: ['·', '-'],
};

function glyphsAt(column: 0 | 1): Glyphs {
  const of = <Name extends string>(pairs: Readonly<Record<Name, Pair>>) =>
    Object.fromEntries(Object.entries<Pair>(pairs).map(([name, pair]) => [name, pair[column]])) as Record<Name, string>;
  return { states: of(STATES), ...of(OTHERS) };
}

/** For UTF-8 terminals that draw ambiguous characters in one column. */
export const UNICODE: Glyphs = glyphsAt(0);

/** For all other terminals. */
export const ASCII: Glyphs = glyphsAt(1);

/** ASCII when asked for, on the Linux console, and in a locale that says it is not UTF-8. */
export function glyphsFor(env: Readonly<Record<string, string | undefined>>, asciiWanted: boolean): Glyphs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  const otherCharset = locale !== '' && !/utf-?8/i.test(locale);
  return asciiWanted || env.TERM === 'linux' || otherCharset ? ASCII : UNICODE;
}

/** Our own drawing characters, each with its ASCII replacement. */
const ASCII_REPLACEMENTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...Object.values(STATES), ...Object.values(OTHERS)]),
  '⏎': '|',
  '’': "'",
  µ: 'u',
  μ: 'u',
};

/** The same text in ASCII and in as many columns: letters lose their marks, everything else that is not ASCII becomes `?`. */
export function asciiText(text: Clean): Clean {
  return graphemes(text)
    .map(part => ASCII_REPLACEMENTS[part.text] ?? asciiOf(part.text, part.width))
    .join('') as Clean;
}

function asciiOf(grapheme: string, columns: number): string {
  const letter = grapheme.normalize('NFKD').replace(/\p{M}/gu, '');
  return /^[\x20-\x7e]+$/.test(letter) && letter.length === columns ? letter : '?'.repeat(columns);
}
