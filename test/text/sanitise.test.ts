import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiText } from '../../src/text/glyphs.ts';
import { CELL_LENGTH, cleanText, LOG_LENGTH, sanitise } from '../../src/text/sanitise.ts';
import { width } from '../../src/text/width.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come through
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const INVISIBLE = /\p{Variation_Selector}|\p{Default_Ignorable_Code_Point}/u;
const LOOSE_JOINER = /(?<!\p{Extended_Pictographic}\p{EMod}?)\u200d|\u200d(?!\p{Extended_Pictographic})/u;

/** Pieces that have broken terminals, in any order and number. */
const hostilePiece = fc.oneof(
  fc.constantFrom(
    '\x1b[31m',
    '\x1b[8m',
    '\x1b[2J',
    '\x1b[?1049h',
    '\x1b[6n',
    '\x1b]0;title\x07',
    '\x1b]52;c;QQ==\x1b\\',
    '\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\',
    '\x1bP1$qm\x1b\\',
    '\x1b_apc\x1b\\',
    '\x1b^pm\x1b\\',
    '\x1bXsos\x1b\\',
    '\x9b31m',
    '\x9d0;x\x9c',
    '\x90x\x9c',
    '\x1b',
    '\x1bc',
    '\x1b(0',
    '\x1b]0;unended',
    '\x07',
    '\b\b',
    '\r',
    '\n',
    '\r\n',
    '\t',
    '\v',
    '\f',
    '\x00',
    '\x7f',
    '\u0085',
    '\u2028',
    '\u2029',
    '\u202e',
    '\u2066',
    '\u200f',
    '\u061c',
    '\u200b',
    '\u200d',
    '\u2060',
    '\ufeff',
    '\u00ad',
    '\ufe0f',
    '\u{e0041}',
    '\ud800',
    '\udfff',
    '\ufffe',
    '\u{10ffff}',
    'e\u0301',
    '\u0301',
    'a\u0301\u0302\u0303\u0304\u0305\u0306',
    '👨‍👩‍👧',
    '❤️‍🔥',
    '🏳️‍🌈',
    '🇩🇪',
    '👍🏽',
    '日本',
    'ｶﾞ',
    '한글',
    '\u1160',
    '\u1100\u1161',
    'שלום',
    'مرحبا',
    '\u0600',
    '\u3000',
    '\u00a0',
    '\u3164',
    '\u2800',
    'fi',
    'ﬁ',
    'Å',
    '\u212b',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
  fc.integer({ min: 0, max: 0xffff }).map(unit => String.fromCharCode(unit)),
);
const hostile = fc.array(hostilePiece, { maxLength: 24 }).map(pieces => pieces.join(''));

describe('sanitise', () => {
  it('lets nothing through that could leave its cell, in 10,000 hostile strings', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(1, 8, CELL_LENGTH, LOG_LENGTH), (text, maxLength) => {
        const cleaned = sanitise(text, maxLength);
        expect(cleaned).not.toMatch(CONTROL);
        expect(cleaned).not.toMatch(BIDI);
        expect(cleaned.replaceAll('\u200d', '')).not.toMatch(INVISIBLE);
        expect(cleaned).not.toMatch(LOOSE_JOINER);
        expect(cleaned).not.toMatch(/^\p{M}/u);
        expect(cleaned).not.toMatch(/\p{M}{5}/u);
        expect(cleaned.isWellFormed()).toBe(true);
        expect(cleaned).toBe(cleaned.normalize('NFC'));
        expect(cleaned.length).toBeLessThanOrEqual(maxLength);
        expect(sanitise(cleaned, maxLength)).toBe(cleaned);
        expect(width(asciiText(cleaned))).toBe(width(cleaned));
      }),
      { numRuns: 10_000 },
    );
  });

  it('takes whole escape sequences out, with what they say', () => {
    expect(sanitise('a\x1b[31mred\x1b[0m\x1b]0;title\x07b')).toBe('aredb');
    expect(sanitise('\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\')).toBe('click');
    expect(sanitise('\x9b2Jx\x1bPq\x1b\\y\x1b(0z')).toBe('xyz');
  });

  it('shows the rest of a sequence that never ends', () => expect(sanitise('\x1b]0;never ends')).toBe(']0;never ends'));

  it('keeps one line and says where lines broke', () => {
    expect(sanitise('a\nb\r\nc\u2028d\te')).toBe('a⏎b⏎c⏎d e');
    expect(sanitise('progress 10%\rprogress 20%')).toBe('progress 10%progress 20%');
  });

  it('keeps what people write', () => {
    const plain = 'café 日本 한글 שלום ✓ 👨‍👩‍👧 👍🏽 🇩🇪';
    expect(sanitise(plain)).toBe(plain);
  });

  it('drops a joiner between letters, and keeps it in a family', () =>
    expect(sanitise('a\u200db 👩\u200d💻')).toBe('ab 👩‍💻'));

  it('cuts what is too long between graphemes and says so', () => {
    expect(sanitise('x'.repeat(300), CELL_LENGTH)).toBe(`${'x'.repeat(255)}…`);
    expect(sanitise('👨‍👩‍👧👨‍👩‍👧', 12)).toBe('👨‍👩‍👧…');
    expect(sanitise('x'.repeat(LOG_LENGTH + 1))).toHaveLength(LOG_LENGTH);
    expect(sanitise('abc', 0)).toBe('');
  });

  it('marks the cut also where most of the input was thrown away', () => {
    expect(sanitise(`${'\x00'.repeat(5000)}tail`, 16)).toBe('…');
  });

  it('shows values that are not text', () => {
    expect(sanitise(undefined)).toBe('');
    expect(sanitise(null)).toBe('');
    expect(sanitise(12.5)).toBe('12.5');
    expect(sanitise({ a: ['\x1b'] })).toBe('{"a":["\\u001b"]}');
    expect(sanitise(new Error('no\nway'))).toBe('no⏎way');
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(sanitise(loop)).toBe('[object Object]');
  });

  it('builds clean text out of clean parts', () => {
    const name = sanitise('web\x1b[0m');
    expect(cleanText`pod ${name} restarted ${3} times`).toBe('pod web restarted 3 times');
  });
});

it.each([
  ['cannot reach https://me:s3cr3t@c:6443', 'cannot reach https://***@c:6443'],
  ['http://me:p@ss@proxy:1 and socks5://token@p', 'http://***@proxy:1 and socks5://***@p'],
  ['docker-pullable://nginx@sha256:abc', 'docker-pullable://nginx@sha256:abc'],
  ['https://c/path@x me@here', 'https://c/path@x me@here'],
  ['{"url":"https://c","mail":"me@here"}', '{"url":"https://c","mail":"me@here"}'],
  ['https://c?mail=me@here', 'https://c?mail=me@here'],
])('hides who logs in by a URL: %s', (raw, shown) => expect(sanitise(raw)).toBe(shown));
