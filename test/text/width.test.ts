import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CutAt, cut, fitTo, pad } from '../../src/text/cut.ts';
import { type Clean, sanitise } from '../../src/text/sanitise.ts';
import { graphemes, width } from '../../src/text/width.ts';

const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom('日本', '👨‍👩‍👧', 'e\u0301', '👍🏽', 'pod-'),
    ),
    { maxLength: 8 },
  )
  .map(parts => sanitise(parts.join('')));

describe('width', () => {
  it.each([
    ['pod', 3],
    ['日本', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['👨‍👩‍👧', 2],
    ['✓ ✗ ► ↺', 7],
    ['…', 1],
    ['', 0],
  ])('%j takes %i columns', (given, columns) => expect(width(given)).toBe(columns));

  it('is the sum of its graphemes', () =>
    fc.assert(
      fc.property(text, given => graphemes(given).reduce((sum, part) => sum + part.width, 0) === width(given)),
    ));
});

describe('cut', () => {
  it('leaves alone what fits', () => expect(cut(sanitise('abc'), 3)).toBe('abc'));
  it('cuts the end', () => expect(cut(sanitise('abcdef'), 4)).toBe('abc…'));
  it('cuts the start', () => expect(cut(sanitise('abcdef'), 4, 'start')).toBe('…def'));
  it('cuts the middle of a name, so that both ends tell it apart', () =>
    expect(cut(sanitise('ledger-7f9c6d5b44-x2x9q'), 13, 'middle')).toBe('ledger…-x2x9q'));
  it('never cuts a grapheme', () => {
    expect(cut(sanitise('日本語'), 4)).toBe('日…');
    expect(cut(sanitise('👨‍👩‍👧👨‍👩‍👧'), 3)).toBe('👨‍👩‍👧…');
  });
  it('knows the smallest rooms', () => {
    expect(cut(sanitise('abc'), 1)).toBe('…');
    expect(cut(sanitise('abc'), 0)).toBe('');
  });
  it('never exceeds its columns, and fitted text has exactly them', () =>
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 0, max: 30 }),
        fc.constantFrom<CutAt>('end', 'middle', 'start'),
        (given, columns, at) => {
          expect(width(cut(given, columns, at))).toBeLessThanOrEqual(columns);
          expect(width(fitTo(given, columns, { at }))).toBe(columns);
        },
      ),
    ));
});

describe('pad', () => {
  it('fills up on either side', () => {
    expect(pad('日' as Clean, 4)).toBe('日  ');
    expect(pad('7' as Clean, 3, 'right')).toBe('  7');
    expect(pad('long' as Clean, 2)).toBe('long');
  });
});
