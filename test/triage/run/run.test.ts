import { expect, test } from 'vitest';
import type { Sync } from '../../../src/health/sync.ts';
import type { ClusterView } from '../../../src/health/view/cluster-view.ts';
import type { Rule } from '../../../src/triage/rule.ts';
import type { GateResult } from '../../../src/triage/run/gate-run.ts';
import type { NamedRead } from '../../../src/triage/run/named-read.ts';
import { runGates } from '../../../src/triage/run/run.ts';
import { found } from '../support.ts';

const about = { looksAt: 'Something.', why: 'Something.', whatToDo: 'Something.' };
const rule = (id: string, more: Partial<Rule>): Rule => ({ id, gate: 'G9', needs: [], about, look: () => [], ...more });

/** A view of which only the state of its kinds counts here. */
const view = (syncs: Record<string, Sync> = {}, served: Record<string, boolean> = {}) =>
  ({
    sync: (kind: string): Sync => syncs[kind] ?? { state: 'live' },
    serves: (kind: string) => served[kind],
    count: () => 3,
    context: 'test',
  }) as unknown as ClusterView;

async function run(
  rules: Rule[],
  more: Partial<Parameters<typeof runGates>[0]> = {},
): Promise<Map<string, GateResult>> {
  const results = new Map<string, GateResult>();
  const read = async () => ({}) as never;
  for await (const gate of runGates({ rules, view: view(), now: 0, read, monotonic: () => 0, ...more }))
    results.set(gate.id, gate);
  return results;
}

const blind = (reason: string): Sync => ({ state: 'blind', reason: reason as never });

test('a rule whose kind may not be read makes its gate BLIND, with the kind and the reason, and does not look', async () => {
  let asked = false;
  const gates = await run(
    [
      rule('pod/x', {
        needs: ['Pod', 'Node'],
        look: () => {
          asked = true;
          return [];
        },
      }),
    ],
    { view: view({ Pod: blind('forbidden') }) },
  );
  expect(gates.get('G9')).toMatchObject({ status: 'BLIND', blind: [{ what: 'Pod', reason: 'forbidden' }] });
  expect(asked).toBe(false);
});

test('a kind that the cluster does not serve is read and empty', async () => {
  const rules = [rule('gitops/x', { needs: ['Application'] })];
  const gates = await run(rules, { view: view({ Application: blind('not served') }, { Application: false }) });
  expect(gates.get('G9')?.status).toBe('PASS');
});

test('a kind that discovery names and whose list is not found is not known', async () => {
  const rules = [rule('gitops/x', { needs: ['Application'] })];
  const gates = await run(rules, { view: view({ Application: blind('not served') }, { Application: true }) });
  expect(gates.get('G9')?.status).toBe('BLIND');
});

test('rows that grow old are looked at, and the gate is BLIND with their age', async () => {
  const old: Sync = { state: 'retrying', reason: 'connection refused' as never, ageMs: 90_000, retryInMs: 5 };
  const gates = await run(
    [rule('pod/x', { needs: ['Pod'], look: () => [found('pod/x', 'Pod/a/b', [], { severity: 'warn' })] })],
    {
      view: view({ Pod: old }),
    },
  );
  expect(gates.get('G9')).toMatchObject({
    status: 'BLIND',
    blind: [{ what: 'Pod', reason: 'not read since 1m30s: connection refused' }],
    findings: [{ rule: 'pod/x' }],
  });
});

test('what is broken outranks what is not known', async () => {
  const gates = await run(
    [rule('pod/x', { look: () => [found('pod/x', 'Pod/a/b')] }), rule('node/x', { needs: ['Node'] })],
    { view: view({ Node: blind('forbidden') }) },
  );
  expect(gates.get('G9')).toMatchObject({ status: 'FAIL', blind: [{ what: 'Node' }] });
});

test('a rule that throws is a fault of mayday: its gate is BLIND, the findings before it count, the other rules look', async () => {
  const gates = await run([
    rule('pod/broken', {
      *look() {
        yield found('pod/broken', 'Pod/a/one', [], { severity: 'warn' });
        throw new TypeError('x of undefined');
      },
    }),
    rule('pod/whole', { look: () => [found('pod/whole', 'Pod/a/two', [], { severity: 'warn' })] }),
  ]);
  const gate = gates.get('G9');
  expect(gate?.status).toBe('BLIND');
  expect(gate?.blind).toEqual([{ what: 'pod/broken', reason: 'fault of mayday: x of undefined' }]);
  expect(gate?.findings.map(each => each.rule)).toEqual(['pod/broken', 'pod/whole']);
});

test('rules ask before they look; what several ask for is read once; a rule that breaks while asking stops no other', async () => {
  const read: NamedRead = { is: 'path', path: '/readyz' };
  let reads: readonly NamedRead[] = [];
  const gates = await run(
    [
      rule('api/a', { asks: () => [read] }),
      rule('api/b', { asks: () => [{ ...read }] }),
      rule('api/c', {
        asks: () => {
          throw new Error('no');
        },
      }),
      rule('api/d', { look: ({ answers }) => (answers.path('/readyz') ? [found('api/d', 'Node/n')] : []) }),
    ],
    {
      read: async wanted => {
        if (wanted.length > 0) reads = wanted;
        return { path: () => ({ ok: true, status: 200, value: 'ok' }) } as never;
      },
    },
  );
  expect(reads).toEqual([read]);
  expect(gates.get('G9')).toMatchObject({ status: 'FAIL', findings: [{ rule: 'api/d' }], blind: [{ what: 'api/c' }] });
});

test('reads that reject make their gate BLIND and leave the others', async () => {
  let first = true;
  const gates = await run([rule('api/a', { gate: 'G0' }), rule('pod/x', {})], {
    read: async () => {
      if (!first) return {} as never;
      first = false;
      throw new Error('lost');
    },
  });
  expect(gates.get('G0')).toMatchObject({ status: 'BLIND', blind: [{ reason: 'fault of mayday: lost' }] });
  expect(gates.get('G9')?.status).toBe('PASS');
});

test('what comes after a gate that failed says which to fix first', async () => {
  const gates = await run([
    rule('node/x', { gate: 'G2', look: () => [found('node/x', 'Node/n')] }),
    rule('webhook/x', { gate: 'G4', look: () => [found('webhook/x', 'Webhook/w')] }),
  ]);
  expect([...gates.values()].map(({ after }) => after)).toEqual([
    undefined,
    undefined,
    undefined,
    ...Array.from({ length: 7 }, () => 'G2'),
  ]);
});

test('a gate comes out as soon as its own kinds are known, in order, whatever later ones wait for', async () => {
  let release = () => {};
  const held = new Promise<void>(resolve => {
    release = resolve;
  });
  const gates = runGates({
    rules: [rule('node/x', { gate: 'G2', needs: ['Node'] }), rule('pod/x', { gate: 'G9', needs: ['Pod'] })],
    view: view(),
    now: 0,
    read: async () => ({}) as never,
    monotonic: () => 0,
    settled: kinds => (kinds.includes('Pod') ? held : Promise.resolve()),
  });
  const ids: string[] = [];
  for await (const gate of gates) {
    ids.push(gate.id);
    if (gate.id === 'G8') release();
  }
  expect(ids).toEqual(['G0', 'G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G7', 'G8', 'G9']);
});

test('a rule that asked for a kind that it does not declare, while that was being read, looks again when it is known', async () => {
  const syncs: Record<string, Sync> = { Service: { state: 'waiting' } };
  let looks = 0;
  const services: unknown[] = [];
  const looking = {
    ...view(syncs),
    get: (_kind: string, _namespace: string, name: string) => services.find(each => each === name),
  } as unknown as ClusterView;
  const gates = await run(
    [
      rule('webhook/no-service', {
        look: ({ view }) => {
          looks += 1;
          return view.get('Service', 'shop', 'hook') ? [] : [found('webhook/no-service', 'Webhook/w')];
        },
      }),
    ],
    {
      view: looking,
      settled: async kinds => {
        if (!kinds.includes('Service')) return;
        syncs.Service = { state: 'live' };
        services.push('hook');
      },
    },
  );
  expect(gates.get('G9')).toMatchObject({ status: 'PASS', findings: [] });
  expect(looks).toBe(2);
});

test('what a rule found while it asked for a kind that may not be read does not count', async () => {
  const looking = { ...view({ Service: blind('forbidden') }), get: () => undefined } as unknown as ClusterView;
  const gates = await run(
    [
      rule('webhook/no-service', {
        look: ({ view }) => (view.get('Service', 'shop', 'hook') ? [] : [found('webhook/no-service', 'Webhook/w')]),
      }),
    ],
    { view: looking },
  );
  expect(gates.get('G9')).toMatchObject({
    status: 'BLIND',
    findings: [],
    blind: [{ what: 'Service', reason: 'forbidden' }],
  });
});

const refused = { ok: false, status: 403, reason: 'forbidden', message: 'not for you' } as const;

test('single reads that were refused make the gate BLIND, one line for all of a sort, whatever the rule does with them', async () => {
  const rules = [
    rule('pod/x', {
      asks: () => [
        { is: 'certificates', namespace: 'shop', secret: 'a' },
        { is: 'certificates', namespace: 'shop', secret: 'b' },
        { is: 'log', namespace: 'shop', pod: 'p', container: 'c', lines: 3 },
        { is: 'object', ref: { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'a' } },
      ],
    }),
  ];
  const answers = { certificates: () => refused, log: () => refused, object: () => refused };
  const gates = await run(rules, { read: async () => answers as never });
  expect(gates.get('G9')).toMatchObject({
    status: 'BLIND',
    blind: [
      { what: 'certificates in Secrets', reason: 'forbidden' },
      { what: 'logs of pods', reason: 'forbidden' },
      { what: 'Secret', reason: 'forbidden' },
    ],
  });
});

test('that something is not there is an answer, and so is a log that its kubelet cannot give', async () => {
  const rules = [
    rule('pod/x', {
      asks: () => [
        { is: 'certificates', namespace: 'shop', secret: 'a' },
        { is: 'log', namespace: 'shop', pod: 'p', container: 'c', lines: 3 },
        { is: 'path', path: '/readyz' },
      ],
    }),
  ];
  const answers = {
    certificates: () => ({ ...refused, status: 404, reason: 'not-found' }),
    log: () => ({ ...refused, status: 502, reason: 'server-error' }),
    path: () => ({ ...refused, status: 500, reason: 'server-error' }),
  };
  const gates = await run(rules, { read: async () => answers as never });
  expect(gates.get('G9')).toMatchObject({ status: 'PASS', blind: [] });
});

test('a kind that a rule only wants and that may not be read: the rule answers, and its gate is BLIND to it', async () => {
  const rules = [
    rule('pod/x', { wants: ['Event'], look: () => [found('pod/x', 'Pod/shop/a', [], { severity: 'warn' })] }),
  ];
  const gates = await run(rules, { view: view({ Event: blind('forbidden') }) });
  expect(gates.get('G9')).toMatchObject({ status: 'BLIND', blind: [{ what: 'Event', reason: 'forbidden' }] });
  expect(gates.get('G9')?.findings).toHaveLength(1);
});
