import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { pages } from '../../../src/cli/output/pager.ts';

const SCREEN = { columns: 40, rows: 12 };
const rowsOf = (line: string) => Math.max(1, Math.ceil(stringWidth(line) / SCREEN.columns));
const heights = (paged: string[][]) => paged.map(lines => lines.reduce((sum, line) => sum + rowsOf(line), 0));

const CASES: [what: string, lines: string[]][] = [
  ['nothing', []],
  ['a few lines', ['one', 'two']],
  ['many lines', Array.from({ length: 100 }, (_, index) => `line ${index}`)],
  ['one line of thousands of characters', ['one', 'x'.repeat(5_000), 'two']],
  ['one line of wide characters', ['one', '漢'.repeat(2_000), 'two']],
  ['lines that wrap', Array.from({ length: 30 }, () => 'y'.repeat(95))],
];

test.each(CASES)('%s: every page fits, and nothing is left out', (_, lines) => {
  const paged = pages(lines, SCREEN);
  expect(paged.flat().join('')).toBe(lines.join(''));
  expect(Math.max(...heights(paged))).toBeLessThanOrEqual(SCREEN.rows - 2);
});

test('what decides at the end of a long line is on the last page, and its beginning on the first', () => {
  const paged = pages([`roleRef ${'x'.repeat(4_000)} cluster-admin`], SCREEN);
  expect(paged.length).toBeGreaterThan(5);
  expect(paged[0]?.[0]).toMatch(/^roleRef/);
  expect(paged.at(-1)?.join('')).toMatch(/cluster-admin$/);
});

test('a terminal of hardly any rows still shows everything', () => {
  expect(pages(['one', 'two', 'three'], { columns: 1, rows: 1 }).flat().join('')).toBe('onetwothree');
});
