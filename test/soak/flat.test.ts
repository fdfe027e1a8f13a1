import { describe, expect, it } from 'vitest';
import { courseOf, type Minute } from './flat.ts';

const minutes = (leasts: readonly number[]): Minute[] => leasts.map(least => ({ least, most: least + 40 }));

describe('the course of memory', () => {
  it('is flat where it only goes up and down', () => {
    expect(courseOf(minutes([90, 150, 160, 155, 163, 158, 161, 157]))).toEqual({
      isFlat: true,
      before: 160,
      after: 158,
    });
  });

  it('is not flat where every minute takes a little more', () => {
    const leaking = minutes(Array.from({ length: 20 }, (_, minute) => 150 + minute * 2));
    expect(courseOf(leaking)).toMatchObject({ isFlat: false });
  });

  it('does not count what the start sets off', () => {
    expect(courseOf(minutes([20, 80, 160, 160, 160, 160]))).toMatchObject({ isFlat: true, before: 160 });
  });

  it('says nothing of a few minutes', () => {
    expect(courseOf(minutes([150, 150, 150, 150, 150]))).toBeUndefined();
  });
});
