import { afterEach, describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { postText } from '../../src/host/post-text.ts';
import { clusterEvents } from '../../src/notify/cluster-events.ts';
import { type Notice, noticesOf, revertNotices, trippedNotice } from '../../src/notify/notice.ts';
import { createNotifier } from '../../src/notify/notifier.ts';
import type { Receiver } from '../../src/notify/receiver.ts';
import { createSender } from '../../src/notify/sender.ts';
import { BODIES } from '../../src/notify/shapes.ts';
import type { RunEvent } from '../../src/run/event.ts';
import { firstWarning } from '../../src/run/observe/detection.ts';
import { parseConfig } from '../../src/runtime/config-file.ts';
import { config, deployment, drift, pod } from '../run/support/lab.ts';
import { engineDeps, kubeSystem } from '../support/engine.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { receiver } from './support.ts';

const AT = Date.UTC(2026, 10, 21, 12);
const notice = (nth = 1, more: Partial<Notice> = {}): Notice => ({
  kind: 'injected',
  id: `n${nth}`,
  at: AT,
  context: 'lab',
  by: 'alice',
  host: 'laptop',
  run: 'run-1',
  experiment: 'drift',
  type: 'ConfigDrift',
  text: 'drift (ConfigDrift) in lab: fault injected, 0 pods in reach',
  isBad: true,
  facts: { pods: 0 },
  ...more,
});

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function listening(answer: Parameters<typeof receiver>[0]) {
  const server = await receiver(answer);
  closers.push(server.stop);
  return server;
}

/** Time that passes only between tries, so that nothing waits for real. */
const sending = (url: string, more: Partial<Receiver> = {}) =>
  createSender({ url, as: 'cloudevents', ...more }, { post: postText, clock: noWait() });
/** Pauses are over at once; the limit of an answer and of the end is not. */
const noWait = () => {
  const clock = fakeClock();
  return {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) =>
      ms >= 10_000
        ? new Promise<void>((_, no) => signal?.addEventListener('abort', () => no(signal.reason)))
        : Promise.resolve(),
  };
};

describe('a receiver', () => {
  test('gets a CloudEvent with what it needs to know, and its credentials as a header', async () => {
    const server = await listening(() => 204);
    const sender = sending(server.url.replace('http://', 'http://bot:p%40ss@'), { headers: { 'x-team': 'sre' } });
    sender.send(notice());
    expect(await sender.close(10_000)).toBeUndefined();
    const [heard] = server.heard;
    expect(heard?.path).toBe('/hook');
    expect(heard?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      authorization: `Basic ${Buffer.from('bot:p@ss').toString('base64')}`,
      'x-team': 'sre',
    });
    expect(JSON.parse(heard?.body ?? '')).toEqual({
      specversion: '1.0',
      id: 'n1',
      source: '/mayday/laptop/lab',
      type: 'mayday.injected',
      subject: 'drift',
      time: '2026-11-21T12:00:00.000Z',
      datacontenttype: 'application/json',
      data: {
        text: 'drift (ConfigDrift) in lab: fault injected, 0 pods in reach',
        context: 'lab',
        by: 'alice',
        host: 'laptop',
        run: 'run-1',
        experiment: 'drift',
        faultType: 'ConfigDrift',
        pods: 0,
      },
    });
  });

  test('that fails is tried again, and then the next notice is sent', async () => {
    const server = await listening(nth => (nth < 3 ? 503 : 200));
    const sender = sending(server.url);
    sender.send(notice(1));
    sender.send(notice(2));
    expect(await sender.close(10_000)).toBeUndefined();
    expect(server.heard.map(({ body }) => JSON.parse(body).id)).toEqual(['n1', 'n1', 'n1', 'n2']);
  });

  test('that says no is not asked again, and what was not delivered is told without its address', async () => {
    const server = await listening(() => 404);
    const sender = sending(server.url.replace('/hook', '/T0/B0/secret-token').replace('http://', 'http://u:secret@'));
    sender.send(notice(1));
    sender.send(notice(2));
    const complaint = await sender.close(10_000);
    expect(server.heard).toHaveLength(2);
    expect(complaint).toBe(`2 of 2 notices were not delivered to cloudevents at ${server.host}: answered 404`);
  });

  test('that is not there is given up after some tries', async () => {
    const server = await receiver(() => 200);
    await server.stop();
    const sender = sending(server.url);
    sender.send(notice());
    expect(await sender.close(10_000)).toMatch(
      /^1 of 1 notices were not delivered to cloudevents at .*: ECONNREFUSED$/,
    );
  });

  test('that never answers holds up nobody: the end waits to its limit, and says what was not told', async () => {
    const server = await listening(() => undefined);
    const sender = sending(server.url);
    for (let nth = 1; nth <= 3; nth++) sender.send(notice(nth));
    expect(await sender.close(0)).toMatch(/^3 of 3 notices were not delivered/);
  });

  test('gets the newest where more waits than there is room for, and the rest is counted', async () => {
    const ids: string[] = [];
    const post = async (_: string, { body }: { body: string }) => {
      ids.push(JSON.parse(body).id);
      return { status: 200 };
    };
    const sender = createSender({ url: 'http://hooks.example/x', as: 'cloudevents' }, { post, clock: noWait() });
    for (let nth = 1; nth <= 600; nth++) sender.send(notice(nth));
    const complaint = await sender.close(10_000);
    expect(ids.at(-1)).toBe('n600');
    expect(ids).toHaveLength(501);
    expect(complaint).toBe(
      '99 of 600 notices were not delivered to cloudevents at hooks.example: too many were waiting',
    );
  });

  test('is asked again after the time that it names', async () => {
    const server = await listening(nth => (nth === 1 ? { status: 429, retryAfter: '7' } : 200));
    const pauses: number[] = [];
    const clock = noWait();
    const sleep: typeof clock.sleep = (ms, signal) => {
      if (ms < 10_000) pauses.push(ms);
      return clock.sleep(ms, signal);
    };
    const sender = createSender({ url: server.url, as: 'slack' }, { post: postText, clock: { ...clock, sleep } });
    sender.send(notice());
    expect(await sender.close(10_000)).toBeUndefined();
    expect(pauses).toEqual([7_000]);
  });

  test('hears only what it asked for', async () => {
    const server = await listening(() => 200);
    const sender = sending(server.url, { events: ['verdict'] });
    sender.send(notice(1));
    sender.send(notice(2, { kind: 'verdict' }));
    await sender.close(10_000);
    expect(server.heard.map(({ body }) => JSON.parse(body).type)).toEqual(['mayday.verdict']);
  });
});

test('Slack, Mattermost and Grafana get their own shapes, and no text means anything to them', () => {
  const hostile = notice(1, { text: '<!channel> @all *x* <http://evil|y>' });
  expect(JSON.parse(BODIES.slack(hostile).text)).toEqual({
    text: ':warning: &lt;!channel&gt; @all *x* &lt;http://evil|y&gt;',
  });
  expect(JSON.parse(BODIES.mattermost(hostile).text).text).not.toMatch(/@all|(?<!\\)\*x/);
  expect(JSON.parse(BODIES.grafana(notice(1, { kind: 'reverted', since: AT - 5_000 })).text)).toMatchObject({
    time: AT - 5_000,
    timeEnd: AT,
    tags: ['mayday', 'reverted', 'drift', 'ConfigDrift'],
  });
});

describe('a run', () => {
  const objects = [deployment(), pod('web-a'), config(), kubeSystem];

  function engineWith(notifier: Parameters<typeof createEngine>[0]['notifier']) {
    const clock = fakeClock();
    const api = fakeApi(objects, { now: clock.now });
    const engine = createEngine(engineDeps({ api, clock, files: memoryFiles(), ...(notifier ? { notifier } : {}) }));
    return { api, clock, engine };
  }

  test('tells that it started, injected, reverted and what it came to, in that order, and no value', async () => {
    const told: Notice[] = [];
    const notifier = createNotifier([{ send: one => told.push(one), close: async () => undefined }], undefined);
    const { engine } = engineWith(notifier);
    await engine.run(drift({ ttlMs: 5_000, recoveryTimeoutMs: 5_000 }), { emit: () => undefined });
    expect(told.map(({ kind }) => kind)).toEqual(['started', 'injected', 'reverted', 'verdict']);
    expect(told[3]?.facts).toMatchObject({ verdict: 'Degraded', residue: 0 });
    expect(told[3]?.since).toBe(told[1]?.at);
    expect(JSON.stringify(told)).not.toContain('"live"');
  });

  test('goes its way where whoever is told never answers', async () => {
    const server = await listening(() => undefined);
    const notifier = createNotifier([sending(server.url)], undefined);
    const { engine } = engineWith(notifier);
    const { result } = await engine.run(drift({ ttlMs: 5_000, recoveryTimeoutMs: 5_000 }), { emit: () => undefined });
    expect(result).toMatchObject({ verdict: 'Degraded', residue: 0 });
  });

  test('writes Events on the object that it is about, with the reasons of the framework', async () => {
    const clock = fakeClock();
    const api = fakeApi(objects, { now: clock.now });
    const events = clusterEvents(api, clock.sleep);
    const notifier = createNotifier([], events);
    const engine = createEngine(engineDeps({ api, clock, files: memoryFiles(), notifier }));
    await engine.run(drift({ ttlMs: 5_000, recoveryTimeoutMs: 5_000 }), { emit: () => undefined });
    await notifier.close();
    const page = await api.listAll({ apiVersion: 'v1', kind: 'Event', namespace: 'shop' }, {});
    const written = (page.ok ? page.value.items : []) as unknown as Record<string, unknown>[];
    expect(written.map(({ reason, type }) => [reason, type])).toEqual([
      ['FaultInjected', 'Normal'],
      ['FaultReverted', 'Normal'],
      ['VerdictReached', 'Warning'],
    ]);
    expect(written[0]).toMatchObject({
      involvedObject: { kind: 'ConfigMap', namespace: 'shop', name: 'settings' },
      reportingComponent: 'mayday',
    });
    expect(await firstWarning(api, ['shop'], ['settings'], 0)).toBeUndefined();
  });

  test('that may write no Events says so once, and is no worse for it', async () => {
    const clock = fakeClock();
    const api = fakeApi(objects, { now: clock.now });
    api.script({
      on: ({ verb, kind }) => verb === 'create' && kind === 'Event',
      times: 9,
      answer: failing('forbidden', 'events is forbidden'),
    });
    const notifier = createNotifier([], clusterEvents(api, clock.sleep));
    const engine = createEngine(engineDeps({ api, clock, files: memoryFiles(), notifier }));
    const seen: RunEvent[] = [];
    const { result } = await engine.run(drift({ ttlMs: 5_000, recoveryTimeoutMs: 5_000 }), {
      emit: event => seen.push(event),
    });
    const notes = seen.flatMap(event =>
      event.event === 'note' && event.text.includes('no Event') ? [event.text] : [],
    );
    expect(notes).toHaveLength(1);
    expect(result).toMatchObject({ verdict: 'Degraded', residue: 0 });
    expect(seen.at(-1)?.event).toBe('verdict');
  });
});

test('a tripped condition of a game-day is told, with its value', () => {
  const here = { at: AT, context: 'lab', user: 'alice', host: 'laptop' };
  const of = { day: 'friday', condition: 'collateral', text: 'another is down (1; limit 0)', scenario: 'kill it' };
  const event = JSON.parse(BODIES.cloudevents(trippedNotice(of, here)).text);
  expect(event).toMatchObject({
    type: 'mayday.tripped',
    data: { day: 'friday', condition: 'collateral', scenario: 'kill it' },
  });
  expect(event.data.text).toContain('collateral tripped: another is down (1; limit 0)');
});

test('residue is told for itself, of a run and of a revert', () => {
  const about = {
    run: 'r',
    context: 'lab',
    user: 'alice',
    host: 'laptop',
    experiment: { name: 'x', path: 'x', sha256: 'x', type: 'ConfigDrift' as const },
  };
  const event: RunEvent = { at: AT, run: 'r', event: 'reverted', receipts: [], remaining: 2 };
  expect(noticesOf(event, about, AT - 1).map(({ kind, isBad }) => [kind, isBad])).toEqual([
    ['reverted', true],
    ['residue', true],
  ]);
  const here = { run: 'r', at: AT, context: 'lab', user: 'alice', host: 'laptop' };
  expect(revertNotices({ receipts: [], remaining: 0, isAllBlind: true }, here)).toEqual([]);
  expect(revertNotices({ receipts: [], remaining: 1, isAllBlind: false }, here).map(({ kind }) => kind)).toEqual([
    'reverted',
    'residue',
  ]);
});

test('the configuration takes receivers, and shows no address or header of one that is wrong', () => {
  const good = parseConfig(
    'c',
    'notify:\n  - url: https://hooks/x\n    as: slack\n    events: [verdict]\nclusterEvents: off\n',
  );
  expect(good).toMatchObject({
    ok: true,
    config: { notify: [{ as: 'slack', events: ['verdict'] }], clusterEvents: 'off' },
  });
  for (const text of [
    'notify: [{url: "ftp://u:secret@x"}]',
    'notify: secret',
    'notify: [{url: "https://u:secret@x", as: pager}]',
  ]) {
    const read = parseConfig('c', text);
    expect(read).toMatchObject({ ok: false });
    expect(JSON.stringify(read)).not.toContain('secret@');
    expect(JSON.stringify(read)).toContain('notify');
  }
  expect(parseConfig('c', 'notify: [{url: "https://x", to: y}]')).toMatchObject({
    message:
      'configuration c: notify.0: expected only url, as, events, headers, found to: take it out, or correct its spelling',
  });
});
