import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestClient, type TestClient } from '../../sandbox/client.ts';
import type { Answer, Doings } from '../../torture/proxy.ts';
import { type Front, leftQuota, openFront, WIDGETS, withWidgets } from './front.ts';

let front: Front;
let client: TestClient;
beforeAll(async () => {
  front = await openFront();
  client = createTestClient(front.sandbox);
});
afterAll(() => {
  client.close();
  return front.close();
});

let count = 0;
let quota = '';
beforeEach(async () => {
  count += 1;
  quota = `left-${count}`;
  front.passed.length = 0;
  const made = await client.send({
    method: 'POST',
    path: '/api/v1/namespaces/default/resourcequotas',
    body: leftQuota(quota),
  });
  expect(made.status).toBe(201);
});
afterEach(async () => {
  front.meet = undefined;
  await client.send({ method: 'DELETE', path: `/api/v1/namespaces/default/resourcequotas/${quota}` });
  await client.send({ method: 'DELETE', path: '/api/v1/namespaces/default/configmaps/mayday-latch' });
});

const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});
const html = (status: number): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<html><body>Not Found</body></html>'),
});
const widgetList = (items: unknown, metadata: object = { resourceVersion: '1' }) =>
  json({ kind: 'WidgetList', metadata, items });
const widget = (metadata: object) => ({ kind: 'Widget', metadata });

/** The front serves widgets, and answers their list so. */
function serveWidgets(list: (doings: Doings, path: string) => void): void {
  front.meet = async ({ path }, doings) => {
    if (path === '/apis') {
      await withWidgets(doings);
      return true;
    }
    if (!path.startsWith(WIDGETS)) return false;
    list(doings, path);
    return true;
  };
}

interface Reverted {
  receipts: { id: string; outcome: string; verified: boolean }[];
  remaining: number | null;
  blind: { resource: string; reason: string }[];
}

/** Everything known is put back, whatever the widgets are like, and they are told as blind for this reason. */
async function putsBackTheRest(reason: RegExp): Promise<void> {
  const ended = await front.mayday('revert', '--all', '--yes', '-o', 'json');
  const result = JSON.parse(ended.stdout) as Reverted;
  expect(result.receipts).toMatchObject([{ id: `QuotaExhaustion:default/ResourceQuota/${quota}`, verified: true }]);
  expect(result.remaining).toBe(0);
  expect(result.blind).toEqual([{ resource: 'widgets.hostile.example.com', reason: expect.stringMatching(reason) }]);
  expect(ended.code).toBe(8);
  expect(ended.stderr).not.toContain('internal error');
}

describe("a list of somebody else's server", () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const marked = { name: 'w', namespace: 'default', labels: { 'chaos.operatorchaos.io/type': 'constructor' } };
  let token = 0;
  const nextToken = () => {
    token += 1;
    return token;
  };
  test.each<[string, (doings: Doings, path: string) => void, RegExp]>([
    [
      'that never ends',
      ({ answer }) => answer(widgetList([], { continue: `t${nextToken()}` })),
      /5 pages in a row had nothing/,
    ],
    [
      'that never ends, with something on each page',
      ({ answer }) => answer(widgetList([widget({ name: `w${token}` })], { continue: `t${nextToken()}` })),
      /more than 4000 pages/,
    ],
    [
      'that begins again and again',
      ({ answer }) => answer(widgetList([], { continue: 'same' })),
      /same continue token twice/,
    ],
    ['whose body never ends', ({ flood }) => flood(Buffer.alloc(1 << 20, 'x')), /larger than 64 MiB/],
    [
      'with null among its items',
      ({ answer }) => answer(widgetList([null])),
      /item 1 of the list cannot be read: it is null/,
    ],
    ['with items without metadata', ({ answer }) => answer(widgetList([{ kind: 'Widget' }])), /it has no metadata/],
    [
      'with labels that are a number',
      ({ answer }) => answer(widgetList([widget({ name: 'w', labels: { a: 1 } })])),
      /metadata.labels of w/,
    ],
    ['whose items are no list', ({ answer }) => answer(widgetList({ a: 1 })), /sent something else/],
    ['that is no list', ({ answer }) => answer(json({ kind: 'Widget', metadata: {} })), /sent something else/],
    ['that is null', ({ answer }) => answer(json('null')), /sent something else/],
    ['nested 20,000 deep', ({ answer }) => answer(json(deep)), /sent something else/],
    [
      'answered with 404',
      ({ answer }) => answer(json({ kind: 'Status', reason: 'NotFound', code: 404 }, 404)),
      /answered with 404/,
    ],
    ['answered with a web page', ({ answer }) => answer(html(404)), /answered with 404/],
    ['answered with a web page as if all were well', ({ answer }) => answer(html(200)), /not JSON/],
    [
      'with an item that is not there when it is read',
      ({ answer }, path) => answer(path.includes('?') ? widgetList([widget(marked)]) : html(404)),
      /default\/w|w: /,
    ],
  ])('%s is blind, and all else is put back', async (_, list, reason) => {
    serveWidgets(list);
    await putsBackTheRest(reason);
  });

  test('that does not answer holds nothing up', async () => {
    const hung: Doings[] = [];
    let wasHanging = false;
    serveWidgets(doings => hung.push(doings));
    const widgets = front.meet;
    front.meet = (passing, doings) => {
      if (passing.method === 'DELETE' && passing.path.includes(quota)) {
        wasHanging = hung.length > 0;
        // What hung until now is let go, so that the test need not wait for its deadline.
        for (const one of hung.splice(0)) one.reset();
        front.meet = (later, its) => {
          if (!later.path.startsWith(WIDGETS)) return widgets?.(later, its) ?? false;
          its.reset();
          return true;
        };
      }
      return widgets?.(passing, doings) ?? false;
    };
    await putsBackTheRest(/cannot reach|connection/);
    expect(wasHanging).toBe(true);
  });
});

describe('what is not said is not taken for nothing', () => {
  const answering = (matches: (path: string) => boolean, answer: Answer) => {
    front.meet = ({ path, method }, doings) => {
      if (method !== 'GET' || !matches(path)) return false;
      doings.answer(answer);
      return true;
    };
  };

  test.each([
    ['/secrets', html(404)],
    ['/secrets', json({ kind: 'Status', reason: 'NotFound', code: 404 }, 404)],
  ])('%s answered with 404 is blind', async (path, answer) => {
    answering(asked => asked.includes(path), answer);
    const ended = await front.mayday('scan', '-o', 'json');
    const { blind } = JSON.parse(ended.stdout) as Reverted;
    expect(blind).toMatchObject([{ resource: 'secrets', reason: expect.stringContaining('404') }]);
    expect(ended.code).toBe(8);
  });

  test('locks that cannot be listed are blind', async () => {
    answering(
      path => path.includes('/leases?') && path.includes('managed-by'),
      json({ kind: 'Status', reason: 'InternalError', code: 500, message: 'broken' }, 500),
    );
    const ended = await front.mayday('scan', '-o', 'json');
    const { blind } = JSON.parse(ended.stdout) as Reverted;
    expect(blind).toEqual([{ resource: 'leases.coordination.k8s.io', reason: 'locks: server-error: broken' }]);
    expect(ended.code).toBe(8);
  });

  test('a second look that is answered with 404 leaves unknown what remains', async () => {
    let isSecond = false;
    front.meet = ({ path, method }, doings) => {
      if (method === 'DELETE') isSecond = true;
      if (!isSecond || method !== 'GET' || !path.includes('limit=')) return false;
      doings.answer(html(404));
      return true;
    };
    const ended = await front.mayday('revert', '--all', '--yes');
    expect(ended.stdout).toContain('REMAIN unknown');
    expect(ended.code).toBe(7);
  });

  test.each([
    ['an empty object', {}],
    [
      'groups of nothing',
      { kind: 'APIGroupDiscoveryList', items: [{}, null, { metadata: { name: 'x' }, versions: [{}] }] },
    ],
    [
      'resources without names',
      {
        kind: 'APIGroupDiscoveryList',
        items: [{ versions: [{ version: 'v1', resources: [{}, { verbs: ['list'] }] }] }],
      },
    ],
    ['null', null],
  ])('discovery that is %s is no cluster', async (_, document) => {
    answering(path => path === '/api' || path === '/apis', json(JSON.stringify(document)));
    for (const command of [['scan'], ['revert', '--all', '--yes'], ['status']]) {
      const ended = await front.mayday(...command);
      expect(ended.code).toBe(8);
      expect(ended.stdout).toBe('');
      expect(ended.stderr).toMatch(/is it a Kubernetes API server\?/);
    }
  });

  test('a latch that is not there when it is read back is not on', async () => {
    front.meet = ({ path, method }, doings) => {
      if (method !== 'POST' || !path.startsWith('/api/v1/namespaces/default/configmaps')) return false;
      doings.answer(json({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'mayday-latch' } }, 201));
      return true;
    };
    const ended = await front.mayday('latch', 'on');
    expect(ended.stdout).not.toContain('ON');
    expect(ended.stderr).toContain('not there when it is read back');
    expect(ended.code).toBe(8);
    const reverted = await front.mayday('revert', '--all', '--yes');
    expect(reverted.stderr).not.toContain('latch ON');
    expect(reverted.stderr).toContain('others may inject');
  });

  test.each([
    [['revert', '--all', '--yes', '-n', ''], '--namespace'],
    [['--namespace', ' ', 'scan'], '--namespace'],
    [['scan', '--context', ''], '--context'],
    [['revert', '--yes', '--experiment', ''], '--experiment'],
    [['scan', '--kubeconfig='], '--kubeconfig'],
    [['run', 'x.yaml', '--set', ''], '--set'],
  ])('an empty value is a usage error: %j', async (args, option) => {
    const ended = await front.mayday(...args);
    expect(ended.stderr).toContain(`expected a value after ${option}, found an empty one`);
    expect(ended.code).toBe(2);
    expect(front.passed).toEqual([]);
  });

  test('a namespace that is not there is said', async () => {
    for (const command of [['scan'], ['revert', '--all', '--yes']]) {
      const ended = await front.mayday(...command, '-n', 'typo');
      expect(ended.stderr).toContain('expected namespace typo in context mayday-sandbox, found none');
      expect(ended.stdout).toBe('');
      expect(ended.code).toBe(2);
    }
  });

  test('a namespace that may not be read is said to be unchecked', async () => {
    answering(
      path => path === '/api/v1/namespaces/default',
      json({ kind: 'Status', reason: 'Forbidden', code: 403, message: 'no' }, 403),
    );
    const ended = await front.mayday('scan', '-n', 'default');
    expect(ended.stderr).toContain('whether namespace default exists could not be checked: no');
    expect(ended.code).toBe(0);
  });
});
