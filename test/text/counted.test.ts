import { expect, it } from 'vitest';
import { counted } from '../../src/text/counted.ts';

it('adds an s to every count but one', () => {
  expect([0, 1, 2].map(count => counted(count, 'pod'))).toEqual(['0 pods', '1 pod', '2 pods']);
});

it('takes the words for many where an s is not enough', () => {
  expect(counted(1, 'experiment is', 'experiments are')).toBe('1 experiment is');
  expect(counted(3, 'experiment is', 'experiments are')).toBe('3 experiments are');
});
