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

/** For UTF-8 terminals that draw ambiguous characters in one column. None has an emoji form. */
export const UNICODE: Glyphs = {
  states: { ok: '✓', warn: '!', fail: '✗', wait: '◦', stale: '↺', blind: '?' },
  cursor: '▸',
  marked: '*',
  live: '►',
  diverged: '⚑',
  rule: '─',
  barFull: '━',
  barEmpty: '─',
  ellipsis: '…',
  arrow: '→',
  bullet: '·',
};

/** For every terminal there is. */
export const ASCII: Glyphs = {
  states: { ok: '+', warn: '!', fail: 'x', wait: '.', stale: '~', blind: '?' },
  cursor: '>',
  marked: '*',
  live: '>',
  diverged: '#',
  rule: '-',
  barFull: '#',
  barEmpty: '-',
  ellipsis: '~',
  arrow: '>',
  bullet: '-',
};

/** ASCII when asked for, on the Linux console, and in a locale that says it is not UTF-8. */
export function glyphsFor(env: Readonly<Record<string, string | undefined>>, asciiWanted: boolean): Glyphs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  const otherCharset = locale !== '' && !/utf-?8/i.test(locale);
  return asciiWanted || env.TERM === 'linux' || otherCharset ? ASCII : UNICODE;
}

/** Our own drawing characters, each with its stand-in. */
const OURS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    (Object.keys(UNICODE.states) as State[]).map(state => [UNICODE.states[state], ASCII.states[state]]),
  ),
  [UNICODE.cursor]: ASCII.cursor,
  [UNICODE.live]: ASCII.live,
  [UNICODE.diverged]: ASCII.diverged,
  [UNICODE.rule]: ASCII.rule,
  [UNICODE.barFull]: ASCII.barFull,
  [UNICODE.ellipsis]: ASCII.ellipsis,
  [UNICODE.arrow]: ASCII.arrow,
  [UNICODE.bullet]: ASCII.bullet,
  '⏎': '|',
  '’': "'",
  µ: 'u',
  μ: 'u',
};

/** The same text in ASCII and in as many columns: letters lose their marks, everything else that is not ASCII becomes `?`. */
export function asciiText(text: Clean): Clean {
  return graphemes(text)
    .map(part => OURS[part.text] ?? asciiOf(part.text, part.width))
    .join('') as Clean;
}

function asciiOf(grapheme: string, columns: number): string {
  const letter = grapheme.normalize('NFKD').replace(/\p{M}/gu, '');
  return /^[\x20-\x7e]+$/.test(letter) && letter.length === columns ? letter : '?'.repeat(columns);
}
