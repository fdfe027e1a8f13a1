import { expect, test } from 'vitest';
import type { ViewChange } from '../../../src/health/view/live.ts';
import type { Rule } from '../../../src/triage/rule.ts';
import type { Looked } from '../../../src/triage/run/look.ts';
import { watchTriage } from '../../../src/triage/run/watch.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { viewOf } from '../../support/view.ts';
import { found } from '../support.ts';

const LEASE = { kind: 'Lease', metadata: { name: 'n1', namespace: 'kube-node-lease' } };

/** A live view of which a test says when it changes, and a rule that finds what the test says. */
function scene() {
  const clock = fakeClock();
  const ended = new AbortController();
  const listeners = new Set<(change: ViewChange) => void>();
  const names: string[] = [];
  const rule: Rule = {
    id: 'pod/x',
    gate: 'G9',
    needs: [],
    about: { looksAt: 'One.', why: 'Two.', whatToDo: 'Three.' },
    look: () => names.map(name => found('pod/x', `Pod/shop/${name}`)),
  };
  let readers = 0;
  const looks = watchTriage({
    live: {
      view: viewOf([]),
      settled: async () => {},
      subscribe: listener => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    clock,
    rules: [rule],
    reader: () => {
      readers += 1;
      return { read: async () => ({}) as never };
    },
    serverNow: () => clock.now(),
    signal: ended.signal,
  });
  const next = async () => {
    const looked: Looked | undefined = (await looks.next()).value ?? undefined;
    return looked?.triage.roots.map(({ finding }) => finding.object.name);
  };
  const change = (...now: string[]) => {
    names.splice(0, names.length, ...now);
    for (const listener of listeners) listener({ kind: 'Pod', put: [], removed: [] });
  };
  const renew = () => {
    const row = { uid: 'l', version: '2', object: viewOf([LEASE]).get('Lease', 'kube-node-lease', 'n1') as never };
    for (const listener of listeners) listener({ kind: 'Lease', put: [row], removed: [] });
  };
  const reportIn = () => {
    for (const listener of listeners) listener({ kind: 'Node', put: [], removed: [], isUnchanged: true });
  };
  return { clock, ended, listeners, next, change, renew, reportIn, readers: () => readers };
}

test('a change is looked at soon after it came', async () => {
  const { clock, next, change } = scene();
  expect(await next()).toEqual([]);
  const began = clock.monotonic();
  clock.after(1000, () => change('a'));
  expect(await next()).toEqual(['a']);
  expect(clock.monotonic() - began).toBeLessThan(1100);
});

test('a lease that is renewed is no reason to look: nodes do nothing else', async () => {
  const { clock, next, renew } = scene();
  await next();
  const began = clock.monotonic();
  for (const at of [1_000, 4_000, 9_000]) clock.after(at, renew);
  await next();
  expect(clock.monotonic() - began).toBeGreaterThanOrEqual(15_000);
});

test('a node that reports in, and a watch that is resumed, are no reason to look either', async () => {
  const { clock, next, reportIn } = scene();
  await next();
  const began = clock.monotonic();
  for (const at of [1_000, 4_000, 9_000]) clock.after(at, reportIn);
  await next();
  expect(clock.monotonic() - began).toBeGreaterThanOrEqual(15_000);
});

test('without a change it looks again now and then, since time alone makes things go wrong, and reads anew', async () => {
  const { clock, next, readers } = scene();
  await next();
  const began = clock.monotonic();
  await next();
  expect(clock.monotonic() - began).toBeGreaterThanOrEqual(15_000);
  expect(clock.monotonic() - began).toBeLessThan(16_000);
  expect(readers()).toBe(2);
});

test('a listener that takes its time does not make the next look late', async () => {
  const { clock, next, change } = scene();
  await next();
  await clock.sleep(60_000);
  const began = clock.monotonic();
  change('a');
  expect(await next()).toEqual(['a']);
  expect(clock.monotonic() - began).toBeLessThan(100);
});

test('it ends with the signal, and leaves nobody subscribed', async () => {
  const { clock, ended, listeners, next } = scene();
  await next();
  clock.after(100, () => ended.abort());
  expect(await next()).toBeUndefined();
  expect(listeners.size).toBe(0);
});
