import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bar } from '../../src/text/bar.ts';
import { ASCII, asciiText, glyphsFor, STATE_WORDS, UNICODE } from '../../src/text/glyphs.ts';
import { sanitise } from '../../src/text/sanitise.ts';
import { width } from '../../src/text/width.ts';

describe('bar', () => {
  it('fills by share', () => {
    expect(bar(0, 8, ASCII)).toBe('--------');
    expect(bar(0.5, 8, ASCII)).toBe('####----');
    expect(bar(1, 8, UNICODE)).toBe('━━━━━━━━');
  });
  it('does not look over before it is', () => {
    expect(bar(0.999, 8, ASCII)).toBe('#######-');
    expect(bar(0.001, 8, ASCII)).toBe('#-------');
  });
  it('has its columns whatever the share', () =>
    fc.assert(
      fc.property(
        fc.double(),
        fc.integer({ min: -3, max: 40 }),
        (share, columns) => width(bar(share, columns, ASCII)) === Math.max(0, columns),
      ),
    ));
});

describe('glyphs', () => {
  it.each([
    ['unicode', UNICODE],
    ['ascii', ASCII],
  ])('%s: one column each, and states differ by glyph', (_, glyphs) => {
    const { states, ...rest } = glyphs;
    for (const glyph of [...Object.values(states), ...Object.values(rest)]) expect(width(glyph)).toBe(1);
    expect(new Set(Object.values(states)).size).toBe(Object.keys(states).length);
  });
  it('has no emoji form in the chrome', () =>
    expect(JSON.stringify(UNICODE)).not.toMatch(/\p{Emoji_Presentation}|\ufe0f|[✔✖⚠◼☠⏱]/u));
  it('tells every state by a word of its own', () => expect(new Set(Object.values(STATE_WORDS)).size).toBe(6));
  it('is ASCII by wish, on the Linux console and in other locales', () => {
    expect(glyphsFor({ LANG: 'en_US.UTF-8' }, false)).toBe(UNICODE);
    expect(glyphsFor({}, false)).toBe(UNICODE);
    expect(glyphsFor({ LANG: 'en_US.UTF-8' }, true)).toBe(ASCII);
    expect(glyphsFor({ TERM: 'linux', LANG: 'C.UTF-8' }, false)).toBe(ASCII);
    expect(glyphsFor({ LANG: 'C' }, false)).toBe(ASCII);
    expect(glyphsFor({ LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' }, false)).toBe(ASCII);
  });
  it('turns any text into ASCII of the same width', () =>
    expect(asciiText(sanitise('café 日本…\nß'))).toBe('cafe ????~|?'));
});
