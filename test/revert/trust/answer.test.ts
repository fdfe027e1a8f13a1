import { describe, expect, test } from 'vitest';
import { readAnswer, requiredAnswer } from '../../../src/revert/trust/answer.ts';

describe('the answer to what only records ask for', () => {
  const cases: [answer: string, meant: ReturnType<typeof readAnswer>][] = [
    ['restore 6', { leave: [] }],
    ['  restore   6 ', { leave: [] }],
    ['restore 6 but 1 3', { leave: [1, 3] }],
    ['restore 6 but 1, 3', { leave: [1, 3] }],
    ['restore 6 but 6', { leave: [6] }],
    ['rest', 'rest'],
    ['', undefined],
    ['yes', undefined],
    ['y', undefined],
    ['restore', undefined],
    ['restore 5', undefined],
    ['restore 60', undefined],
    ['Restore 6', undefined],
    ['restore 6 but', undefined],
    ['restore 6 but 0', undefined],
    ['restore 6 but 7', undefined],
    ['restore 6 but -1', undefined],
    ['restore 6 but 1.5', undefined],
    ['restore 6 but one', undefined],
    ['restore 6 1 3', undefined],
    ['restore 6 not 1', undefined],
    ['restore 6 but 1 and 3', undefined],
    ['rest 6', undefined],
  ];
  test.each(cases)('"%s"', (answer, meant) => {
    expect(readAnswer(answer, 6, 'restore 6')).toEqual(meant);
  });

  test('a plain yes is enough for ordinary objects of one namespace, and for nothing beyond', () => {
    expect(requiredAnswer([{ tier: 2 }, { tier: 2 }])).toBe('yes');
    expect(requiredAnswer([{ tier: 2 }, { tier: 3 }])).toBe('restore 2');
    expect(readAnswer('yes but 2', 2, 'yes')).toEqual({ leave: [2] });
    expect(readAnswer('restore 2', 2, 'yes')).toBeUndefined();
  });
});
