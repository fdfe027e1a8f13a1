import { expect, test } from 'vitest';
import { freezeGates } from '../../src/safety/freeze.ts';

const holidays = { from: 1_000, to: 2_000, why: 'holidays' };

test('nothing is asked where the configuration freezes nothing', () => {
  expect(freezeGates([], 1_500)).toEqual([]);
});

test('a window stops from its first moment to before its last, and says until when and why', () => {
  const isOpen = (now: number) => freezeGates([{ from: 0, to: 1, why: 'past' }, holidays], now).map(({ ok }) => ok);
  expect([999, 1_000, 1_999, 2_000].map(isOpen)).toEqual([[true], [false], [false], [true]]);
  expect(freezeGates([holidays], 1_500)[0]?.reason).toBe(
    'nothing is injected until 1970-01-01T00:00:02.000Z: holidays',
  );
});
