import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/k8s/object.ts';
import { EMPTY_RESULT, KEYS, readResult } from '../../src/submit/result.ts';
import { openResult } from '../../src/submit/write-result.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';

const on = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'chaos', name: 'mayday-x-0' };
const empty: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: on.name, namespace: on.namespace, labels: { 'submit.mayday/index': '0' } },
  data: EMPTY_RESULT,
};
const ended = { verdict: 'Failed' as const, reasons: ['r'], exitCode: 4, residue: 0, restoredBy: 'mayday' };

async function opened() {
  const api = fakeApi([empty]);
  const clock = fakeClock();
  const open = () => openResult(api, on, { clock, pod: 'pod-1', now: clock.now });
  const result = () => readResult(api.peek(on) ?? empty);
  return { api, clock, open, result, writer: await open() };
}

test('a result is there while the run goes on, and has its end at the end', async () => {
  const { writer, result } = await opened();
  writer.run({ experiment: 'drift', run: 'r1', phase: 'Injecting' });
  writer.event({ event: 'phase', run: 'r1', phase: 'Injecting' }, 'phase  Injecting');
  await writer.flush();
  expect(result().summary).toMatchObject({ state: 'running', pod: 'pod-1', runs: [{ run: 'r1', phase: 'Injecting' }] });
  expect(result().events).toEqual([{ n: 1, line: 'phase  Injecting', event: 'phase', run: 'r1', phase: 'Injecting' }]);
  writer.run({ experiment: 'drift', run: 'r1', phase: 'Complete', end: ended });
  expect(await writer.end(4)).toBeUndefined();
  expect(result().summary).toMatchObject({
    state: 'done',
    exitCode: 4,
    runs: [{ end: { verdict: 'Failed' } }],
    missing: [],
  });
});

test('what does not fit is left out, the oldest events first, and said to be missing', async () => {
  const { api, writer, result } = await opened();
  for (let n = 0; n < 400; n += 1) writer.event({ event: 'note', text: 'ä'.repeat(1_000) }, undefined);
  writer.event({ event: 'note', text: 'x'.repeat(20_000) }, 'a long line');
  writer.report('small', '{"kind":"mayday-run"}');
  writer.report('large', JSON.stringify('y'.repeat(500_000)));
  await writer.end(0);
  const { events, summary } = result();
  expect(events.at(-1)).toEqual({ n: 401, event: 'note', line: 'a long line', cut: true });
  expect(events[0]?.n).toBeGreaterThan(1);
  expect(summary?.missing).toEqual([
    'the report of large: 500002 bytes did not fit',
    `the first ${(events[0]?.n ?? 0) - 1} of 401 events: they did not fit`,
  ]);
  const data = api.peek(on)?.data as Record<string, string>;
  expect(JSON.parse(data[KEYS.report] ?? '')).toEqual([{ kind: 'mayday-run' }]);
  expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(1_000_000);
});

test('a server that does not take the end is asked again for a minute, and then it is said why', async () => {
  const { api, writer, clock } = await opened();
  await writer.flush();
  api.script({ on: ({ verb }) => verb === 'patch', times: 3, answer: failing('unreachable', 'no route') });
  expect(await writer.end(0)).toBeUndefined();
  const other = await opened();
  await other.writer.flush();
  other.api.script({ on: ({ verb }) => verb === 'patch', times: 1_000, answer: failing('forbidden', 'may not patch') });
  const began = other.clock.monotonic();
  expect(await other.writer.end(0)).toBe('may not patch');
  expect(other.clock.monotonic() - began).toBeGreaterThanOrEqual(60_000);
  expect(clock.monotonic()).toBeLessThan(60_000);
});

test('the next pod of a schedule keeps in one line how the one before ended, and writes its own result', async () => {
  const { open, writer, result } = await opened();
  writer.run({ experiment: 'drift', run: 'r1', end: ended });
  await writer.end(4);
  const next = await open();
  next.run({ experiment: 'drift', run: 'r2', phase: 'Pending' });
  await next.flush();
  expect(result().history).toEqual([expect.stringMatching(/^2026-\S+ exit 4: drift Failed$/)]);
  expect(result().summary).toMatchObject({ state: 'running', runs: [{ run: 'r2' }] });
  expect(result().events).toEqual([]);
});

test('a ConfigMap that is none of ours is a result that says nothing', () => {
  for (const data of [
    undefined,
    {},
    { [KEYS.summary]: '[]' },
    { [KEYS.summary]: '{"v":2}' },
    { [KEYS.events]: 'x\n{}\n1' },
  ])
    expect(readResult({ ...empty, data })).toEqual({ index: 0, events: [], history: [] });
});
