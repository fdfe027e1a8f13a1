import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sideBySide } from '../../src/text/side-by-side.ts';

const long = 'all is well '.repeat(100);

test('short texts stay as they are', () => {
  expect(sideBySide(['one', 'two'])).toEqual(['one', 'two']);
});

test('a difference behind what is the same is seen, and so is how much is not shown', () => {
  expect(sideBySide([`${long}yes, it is. ${long}`, `${long}no, it is not. ${long}`])).toEqual([
    '(1180 the same)…is well all is well yes, it is. all is well all is…(1182 the same)',
    '(1180 the same)…is well all is well no, it is not. all is well all is…(1182 the same)',
  ]);
});

test('a difference longer than the limit is cut, and what is cut is counted', () => {
  const [one, other] = sideBySide(['x'.repeat(1000), 'y'], 100);
  expect(one).toBe(`${'x'.repeat(100)}…(900 characters more)`);
  expect(other).toBe('y');
});

test('two different plain texts never look the same', () => {
  const text = fc.string({ unit: 'grapheme-ascii', maxLength: 300 });
  fc.assert(
    fc.property(text, text, text, text, (before, one, other, after) => {
      fc.pre(one !== other);
      const [a, b] = sideBySide([before + one + after, before + other + after], 350);
      expect(a).not.toBe(b);
    }),
  );
});
