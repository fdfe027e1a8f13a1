import { expect, test } from 'vitest';
import { longestOfQueuesMs, operatorsOf, queuesOf, sideBySide } from '../../src/submit/queues.ts';
import { type SuiteEntry, suiteEntries } from '../../src/suite/order.ts';
import { named } from '../suite/support.ts';

const TIMING = { gateMs: 0, soakMs: 1_000 };

const names = (queues: SuiteEntry[][]) => queues.map(queue => queue.map(({ key }) => key));

test('each operator has a queue of its own, in the order of the suite', () => {
  const all = [
    named('a2', { operator: 'a', namespace: 'x', tier: 2 }),
    named('b1', { operator: 'b', namespace: 'y' }),
    named('a1', { operator: 'a', namespace: 'x' }),
  ];
  expect(names(queuesOf(suiteEntries(all)))).toEqual([['a1', 'a2'], ['b1']]);
});

test('operators that share a namespace, also through a third, are one queue', () => {
  const all = [
    named('a', { operator: 'a', namespace: 'x' }),
    named('b', { operator: 'b', namespace: 'y' }),
    named('a2', { operator: 'a', namespace: 'y' }),
    named('c', { operator: 'c', namespace: 'z' }),
  ];
  const queues = queuesOf(suiteEntries(all));
  expect(names(queues)).toEqual([['a', 'a2', 'b'], ['c']]);
  expect(operatorsOf(queues[0] ?? [])).toEqual(['a', 'b']);
});

test('what writes to the whole cluster runs beside nothing', () => {
  const all = [
    named('a', { operator: 'a', namespace: 'x' }),
    named('b', { operator: 'b', namespace: 'y' }),
    named('w', { type: 'WebhookDisrupt', parameters: { webhookName: 'h' } }),
  ];
  expect(names(queuesOf(suiteEntries(all)))).toEqual([['a', 'b', 'w']]);
});

test('the deadline counts what waits for a free pod, and what runs side by side only once', () => {
  const one = longestOfQueuesMs(
    queuesOf(suiteEntries([named('a', { operator: 'a', namespace: 'x' })])),
    { pods: 1, inEach: 1 },
    TIMING,
  );
  expect(one).toBe(2 * 61_000);
  const queues = queuesOf(
    suiteEntries([
      named('a', { operator: 'a', namespace: 'x' }),
      named('b', { operator: 'b', namespace: 'y' }),
      named('c', { operator: 'c', namespace: 'z' }),
    ]),
  );
  expect(longestOfQueuesMs(queues, { pods: 3, inEach: 1 }, TIMING)).toBe(one);
  expect(longestOfQueuesMs(queues, { pods: 2, inEach: 1 }, TIMING)).toBe(2 * one);
});

test('a wish for so many runs side by side is shared among the pods', () => {
  expect(sideBySide([1, 2, 3], 2)).toEqual({ pods: 2, inEach: 1 });
  expect(sideBySide([1], 4)).toEqual({ pods: 1, inEach: 4 });
  expect(sideBySide([1, 2], 5)).toEqual({ pods: 2, inEach: 2 });
});
