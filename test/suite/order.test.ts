import { expect, test } from 'vitest';
import { longestLeftMs, longestRunMs } from '../../src/suite/longest.ts';
import { nextToStart, suiteEntries } from '../../src/suite/order.ts';
import { named } from './support.ts';

const keys = (entries: { key: string }[]) => entries.map(({ key }) => key);
const TIMING = { gateMs: 5_000, soakMs: 10_000 };

test('lower tiers come first, those without a tier last, equal ones by path', () => {
  const all = [
    named('b', { tier: 2 }),
    named('none', { tier: 0 }),
    named('a', { tier: 2 }),
    named('first', { tier: 1 }),
  ];
  expect(keys(suiteEntries(all))).toEqual(['first', 'a', 'b', 'none']);
});

test('every run has a key of its own, also where names meet and in later rounds', () => {
  const twin = { ...named('a'), path: 'z/a.yaml' };
  expect(keys(suiteEntries([named('a'), twin], 2))).toEqual(['a', 'a~2', 'a#2', 'a~2#2']);
});

test('one operator never has two runs at once, and neither has one namespace', () => {
  const [a, sameOperator, sameNamespace, free] = suiteEntries([
    named('a', { operator: 'o', namespace: 'n1' }),
    named('b', { operator: 'o', namespace: 'n2' }),
    named('c', { operator: 'p', namespace: 'n1' }),
    named('d', { operator: 'q', namespace: 'n3' }),
  ]);
  if (!a || !sameOperator || !sameNamespace || !free) throw new Error('four were made');
  expect(nextToStart([sameOperator, sameNamespace, free], [a], 4)?.key).toBe('d');
  expect(nextToStart([sameOperator, sameNamespace], [a], 4)).toBeUndefined();
  expect(nextToStart([free], [a], 1)).toBeUndefined();
});

test('one whose writes reach the whole cluster runs alone, and is not overtaken for ever', () => {
  const everywhere = named('hook', { type: 'WebhookDisrupt', parameters: { webhookName: 'h' } });
  const [first, hook, after] = suiteEntries([named('a'), { ...everywhere, path: 'b.yaml' }, named('c')]);
  if (!first || !hook || !after) throw new Error('three were made');
  expect(nextToStart([hook, after], [first], 4)).toBeUndefined();
  expect(nextToStart([hook, after], [], 4)?.key).toBe('hook');
  expect(nextToStart([after], [hook], 4)).toBeUndefined();
});

test('a run lasts at most its gate, its time under the fault and its recovery', () => {
  const slow = named('a', { ttlMs: 30_000, recoveryTimeoutMs: 60_000 });
  expect(longestRunMs(slow, TIMING)).toBe(5_000 + 30_000 + 70_000);
  expect(longestRunMs(named('b', { recoveryTimeoutMs: 60_000 }), TIMING)).toBe(5_000 + 70_000 + 70_000);
  expect(longestRunMs(slow, { ...TIMING, timeoutMs: 20_000 })).toBe(25_000);
});

test('what is left is the longest way through the queues', () => {
  const one = 5_000 + 70_000 + 70_000;
  const entries = suiteEntries([named('a'), named('b'), named('c', { operator: 'a' })]);
  expect(longestLeftMs(entries, [], 4, TIMING)).toBe(2 * one);
  expect(longestLeftMs(entries, [], 1, TIMING)).toBe(3 * one);
  const [a, ...rest] = entries;
  if (!a) throw new Error('three were made');
  expect(longestLeftMs(rest, [{ entry: a, forMs: 45_000 }], 4, TIMING)).toBe(2 * one - 45_000);
});
