// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what this file takes out
declare const clean: unique symbol;
/** Text that has passed the sanitiser and may reach a screen, a log or a file. */
export type Clean = string & { readonly [clean]: true };

/** Longest text of a log line or message, UTF-16 units. */
export const LOG_LENGTH = 4096;
/** Longest text of a table cell, UTF-16 units. */
export const CELL_LENGTH = 256;

const segmenter = new Intl.Segmenter();
const PLAIN = /^[\x20-\x7e]*$/;
/**
 * The `user:password@` of a URL; the prefix that container runtimes write before an image's digest is not one. It
 * ends with the authority of the URL, so that JSON around a URL is left alone.
 */
const USER_INFO = /(?<!docker|docker-pullable)(:\/\/)[^\s/?#"\\<>{}]*@/g;
// Bodies stop at the next control character, so an unterminated sequence loses only its introducer, and the scan
// stays linear.
const STRING_SEQUENCE = /(?:\x1b[P\]X^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)/g;
const CONTROL_SEQUENCE = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]/g;
const SHORT_ESCAPE = /\x1b[ -/]*[0-Z\\^-~]/g;
const LINE_BREAK = /\r\n|[\n\v\f\u0085\u2028\u2029]/g;
const BLANK = /[\t\p{Zs}\u2800\u3164\uffa0]/gu;
// Characters that cannot be drawn alone or have unknown width: lone surrogates, code points without a character,
// loose Hangul vowels and finals.
const UNDRAWABLE = /[\p{Cs}\p{Cn}\u115f-\u11ff\ud7b0-\ud7fb]/gu;
const JOINER = /(?<=\p{Extended_Pictographic}\p{EMod}?)\u200d(?=\p{Extended_Pictographic})/gu;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Variation_Selector}]|\u034f|\u17b4|\u17b5/gu;
const LEADING_MARKS = /^\p{M}+/u;
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu;
// A placeholder for the joiners that are kept: U+FFFE is not assigned, so no text has it.
const KEPT_JOINER = '\ufffe';

/**
 * The one way by which text from a cluster, a file or an error becomes `Clean`: no escape sequences, control characters, bidi controls,
 * zero-width or variation characters (a joiner inside an emoji stays), one line (breaks show as `⏎`), NFC, at most four combining marks on a letter
 * and none at the start, never longer than `maxLength` UTF-16 units including the `…` that marks a cut. Applying it twice changes nothing.
 * Values that are not strings are shown as JSON; null and undefined as nothing. The `user:password@` of a URL becomes `***@`.
 */
export function sanitise(raw: unknown, maxLength = LOG_LENGTH): Clean {
  const text = withoutUserInfo(asText(raw));
  if (text.length <= maxLength && PLAIN.test(text)) return text as Clean;
  // Cuts first what is far beyond the limit, to bound the work on hostile input.
  const bounded = text.slice(0, maxLength * 8 + 64);
  const stripped = strip(bounded);
  return capped(stripped, maxLength, bounded.length < text.length) as Clean;
}

/** Removes user names and passwords from URLs, so that they are never shown or logged. */
function withoutUserInfo(text: string): string {
  return text.includes('://') && text.includes('@') ? text.replace(USER_INFO, '$1***@') : text;
}

function strip(text: string): string {
  return text
    .replace(STRING_SEQUENCE, '')
    .replace(CONTROL_SEQUENCE, '')
    .replace(SHORT_ESCAPE, '')
    .replace(LINE_BREAK, '⏎')
    .replace(BLANK, ' ')
    .replace(UNDRAWABLE, '\ufffd')
    .replace(/[\p{Variation_Selector}]/gu, '')
    .replace(JOINER, KEPT_JOINER)
    .replace(INVISIBLE, '')
    .replaceAll(KEPT_JOINER, '\u200d')
    .normalize('NFC')
    .replace(PILED_MARKS, '$1')
    .replace(LEADING_MARKS, '');
}

function asText(raw: unknown): string {
  if (typeof raw === 'string') return raw;
  if (raw === null || raw === undefined) return '';
  if (raw instanceof Error) return raw.message;
  if (typeof raw !== 'object') return String(raw);
  try {
    return JSON.stringify(raw) ?? '';
  } catch {
    return Object.prototype.toString.call(raw);
  }
}

function capped(text: string, maxLength: number, alreadyCut: boolean): string {
  if (text.length <= maxLength && !alreadyCut) return text;
  if (maxLength < 1) return '';
  return `${wholeGraphemes(text, maxLength - 1)}…`;
}

/** The longest prefix of whole graphemes within `units` UTF-16 units. */
function wholeGraphemes(text: string, units: number): string {
  let end = 0;
  for (const { segment, index } of segmenter.segment(text.slice(0, units + 64))) {
    if (index + segment.length > units) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

/** A literal of our own source as `Clean`; a string that is not a literal does not compile. */
export function literal<T extends string>(text: string extends T ? never : T): Clean {
  return text as string as Clean;
}

/** Template tag: literals of our own source and clean (or numeric) values make clean text. */
export function cleanText(literals: TemplateStringsArray, ...values: readonly (Clean | number)[]): Clean {
  return String.raw({ raw: literals }, ...values) as Clean;
}
