import { expect, test } from 'vitest';
import type { Readiness } from '../../src/suite/readiness.ts';
import { named, READY, stage } from './support.ts';

test('operators run side by side, the experiments of one after each other in the order of their tiers', async () => {
  const it = stage();
  const result = await it.go([
    named('late', { operator: 'o', tier: 3 }),
    named('early', { operator: 'o', tier: 1 }),
    named('other'),
  ]);
  const span = (name: string) => it.spans.find(one => one.name === name) ?? { from: -1, to: -1 };
  expect(span('late').from).toBeGreaterThanOrEqual(span('early').to);
  expect(span('other').from).toBe(span('early').from);
  expect(result).toMatchObject({ exitCode: 0, says: 'all done' });
});

test('the next run of an operator begins when its own steady state holds, not sooner', async () => {
  let steadyAt = Number.POSITIVE_INFINITY;
  const it = stage({}, async loaded =>
    loaded.experiment.metadata.name === 'b' && it.clock.monotonic() < steadyAt
      ? { state: 'wait', says: 'Deployment web Available: expected True, found False' }
      : READY,
  );
  steadyAt = 31_000;
  await it.go([named('a', { operator: 'o' }), named('b', { operator: 'o' })]);
  expect(it.spans[1]?.from).toBeGreaterThanOrEqual(31_000);
  expect(it.of('waiting')).toMatchObject([{ key: 'b', says: 'Deployment web Available: expected True, found False' }]);
});

test('a steady state that never comes is waited for to the limit; the run then says so itself', async () => {
  const never: Readiness = { state: 'wait', says: 'not yet' };
  const it = stage({ a: { verdict: 'Inconclusive' } }, async () => never);
  const result = await it.go([named('a')]);
  expect(it.spans[0]?.from).toBeGreaterThanOrEqual(60_000);
  expect(result.done.get('a')?.verdict).toBe('Inconclusive');
});

test('a look that breaks is no reason to begin', async () => {
  let looks = 0;
  const it = stage({}, async () => {
    looks += 1;
    if (looks < 3) throw new Error('no answer');
    return READY;
  });
  await it.go([named('a')]);
  expect(looks).toBe(3);
  expect(it.of('waiting')).toMatchObject([{ says: 'no answer' }]);
});

test('something left in the cluster ends the suite: nothing more is injected', async () => {
  const it = stage({ a: { residue: 1, verdict: 'Failed' } });
  const result = await it.go([named('a', { operator: 'o' }), named('b', { operator: 'o', tier: 2 })]);
  expect(it.spans.map(({ name }) => name)).toEqual(['a']);
  expect(result.exitCode).toBe(7);
  expect(result.notRun.get('b')).toContain('a left 1 in the cluster');
});

test('--fail-fast begins nothing after the first that is not Resilient, and lets what runs end', async () => {
  const it = stage({ a: { verdict: 'Degraded' }, side: { ms: 5_000 } });
  const result = await it.go([named('a'), named('side'), named('z', { operator: 'a', tier: 2 })], {
    set: { failFast: true },
  });
  expect([...result.done.keys()]).toEqual(['a', 'side']);
  expect(result.notRun.get('z')).toContain('--fail-fast');
  expect(result.exitCode).toBe(5);
});

test('without --fail-fast a Failed run stops nobody', async () => {
  const it = stage({ a: { verdict: 'Failed' } });
  const result = await it.go([named('a', { operator: 'o' }), named('b', { operator: 'o' })]);
  expect([...result.done.keys()]).toEqual(['a', 'b']);
  expect(result.exitCode).toBe(4);
});

test('an interrupt stops what runs, begins nothing more, and exits 6', async () => {
  const it = stage({ a: { ms: 60_000 } });
  const interrupt = new AbortController();
  it.clock.after(2_000, () => interrupt.abort(new Error('interrupted (SIGINT)')));
  const result = await it.go([named('a', { operator: 'o' }), named('b', { operator: 'o' })], {
    signal: interrupt.signal,
  });
  expect(result.exitCode).toBe(6);
  expect(result.done.get('a')?.interrupted).toBe('interrupted (SIGINT)');
  expect(result.notRun.get('b')).toBe('interrupted');
  expect(it.spans[0]?.to).toBeLessThan(3_000);
});

test('an interrupt while the steady state is waited for begins nothing', async () => {
  const it = stage({}, async () => ({ state: 'wait', says: 'not yet' }));
  const interrupt = new AbortController();
  it.clock.after(3_000, () => interrupt.abort(new Error('interrupted (SIGINT)')));
  const result = await it.go([named('a')], { signal: interrupt.signal });
  expect(it.spans).toEqual([]);
  expect(result.notRun.get('a')).toBe('interrupted');
});

test('a disk that refuses is reported after the others have ended', async () => {
  const it = stage({ a: { ms: 100, throws: new Error('no space left') }, b: { ms: 5_000 } });
  await expect(it.go([named('a'), named('b'), named('c', { operator: 'a' })])).rejects.toThrow('no space left');
  expect(it.spans.map(({ name }) => name)).toEqual(['b']);
});

test('what is left, and the longest it can take, shrinks with every run', async () => {
  const it = stage();
  await it.go([named('a', { operator: 'o' }), named('b', { operator: 'o' }), named('c', { operator: 'o' })]);
  const longest = it.of('finished').map(({ left }) => left.longestMs);
  expect(longest).toHaveLength(3);
  expect(longest[0]).toBeGreaterThan(longest[1] ?? 0);
  expect(longest[2]).toBe(0);
});

test('rounds run everything again', async () => {
  const it = stage();
  const result = await it.go([named('a'), named('b')], { set: { rounds: 3 } });
  expect(it.spans).toHaveLength(6);
  expect([...result.done.keys()].toSorted()).toEqual(['a', 'a#2', 'a#3', 'b', 'b#2', 'b#3']);
});
