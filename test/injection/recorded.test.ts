import { describe, expect, it } from 'vitest';
import { execute } from '../../src/injection/executor.ts';
import type { Plan } from '../../src/injection/fault.ts';
import { fetchLive } from '../../src/injection/live.ts';
import { EXPIRES, MANAGED_BY, MAYDAY, ROLLBACK_DATA, TYPE_LABEL } from '../../src/injection/markers.ts';
import { isRefusal } from '../../src/injection/refuse.ts';
import { faultOf } from '../../src/injection/registry.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { testFacts } from '../support/facts.ts';
import { type FakeApi, fakeApi } from '../support/fake-api.ts';
import { memoryJournal, steppedClock } from '../support/memory-journal.ts';
import { beside, comparable, type RecordedCase, recorded, recordedCases } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const SCOPE = { namespace: 'shop', count: 1, allowed: ['shop', 'shop-scratch'] };

async function injected(api: FakeApi, { type, parameters }: RecordedCase): Promise<Plan> {
  const fault = faultOf(type);
  const params = fault.parse(parameters);
  const live = await fetchLive(api, seen => fault.reads(params, SCOPE, seen));
  const plan = fault.plan(params, SCOPE, live, testFacts());
  if (isRefusal(plan)) throw new Error(plan.message);
  const deps = { api, journal: memoryJournal(), clock: steppedClock() };
  const execution = await execute(plan.writes, deps, { id: 'x', purpose: 'inject' });
  expect(execution).toMatchObject({ state: 'done', message: '' });
  return plan;
}

const byName = (a: KubeObject, b: KubeObject) =>
  `${a.kind}/${a.metadata.name}` < `${b.kind}/${b.metadata.name}` ? -1 : 1;
const everything = (api: FakeApi) => api.all().sort(byName);
const was = (name: string) => [...recorded(name, 'before'), ...beside(name)].sort(byName);

/** Takes out what mayday may add to the framework's format, so that the rest must be equal. */
function withoutExtras(object: KubeObject): unknown {
  const copy = comparable(object) as KubeObject;
  const { annotations = {}, labels = {} } = copy.metadata;
  for (const key of [MAYDAY, EXPIRES]) delete annotations[key];
  const record = annotations[ROLLBACK_DATA];
  if (record !== undefined) annotations[ROLLBACK_DATA] = record.replace(/,"mayday":.*\}$/, '}');
  for (const key of [MANAGED_BY, TYPE_LABEL]) delete labels[key];
  copy.metadata = { ...copy.metadata, annotations, labels };
  return readable(copy);
}

/** Where ours differs on purpose: a server that really delays, its own certificate, and no namespace that is not allowed. */
function withoutPurpose(object: unknown): object {
  const { data: _data, spec, webhooks, ...rest } = structuredClone(object) as KubeObject;
  const { template } = (spec ?? {}) as { template?: { metadata: object } };
  if (template !== undefined)
    return { ...rest, spec: { ...(spec as object), template: { metadata: template.metadata } } };
  if (webhooks === undefined) return spec === undefined ? rest : { ...rest, spec };
  const hooks = (webhooks as { rules: object[] }[]).map(hook => {
    const { namespaceSelector: _theirs, objectSelector: _own, clientConfig, rules, ...same } = hook as never as Hook;
    return {
      ...same,
      clientConfig: { service: clientConfig.service },
      rules: rules.map(rule => ({ ...rule, scope: '*' })),
    };
  });
  return { ...rest, webhooks: hooks };
}

interface Hook {
  namespaceSelector: object;
  objectSelector: object;
  clientConfig: { service: object };
  rules: object[];
}

const BACKUP_KEY = /^(secret|lease|resource)-backup$/;

/** Whole objects that are kept in others, as objects: what the server owns differs from one life of an object to the next. */
function readable(object: KubeObject): unknown {
  const [key = '', stored = ''] = Object.entries((object.data ?? {}) as Record<string, string>)[0] ?? [];
  if (!BACKUP_KEY.test(key)) return object;
  const text = object.kind === 'Secret' ? Buffer.from(stored, 'base64').toString('utf8') : stored;
  return { ...object, data: { [key]: comparable(JSON.parse(text) as KubeObject) } };
}

describe.each(recordedCases())('the recorded injection $name', one => {
  const { name } = one;

  it('is restored to exactly what was there before', async () => {
    const api = fakeApi([...recorded(name, 'injected'), ...beside(name)]);
    const receipts = await revertEverything(api);
    expect(receipts.length).toBeGreaterThan(0);
    for (const receipt of receipts) expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
    expect(everything(api).map(comparable)).toEqual(was(name).map(comparable));
  });

  it('has the same markers, payload and objects when we inject it', async () => {
    const api = fakeApi(was(name));
    await injected(api, one);
    const theirs = [...recorded(name, 'injected'), ...beside(name)].sort(byName).map(withoutExtras);
    const ours = everything(api).map(withoutExtras);
    if (one.type !== 'WebhookLatency') return expect(ours).toEqual(theirs);
    // Recorded with the server's defaults, which the store in memory does not give.
    expect(theirs).toMatchObject(ours.map(withoutPurpose));
  });

  it('goes in and out again without a trace', async () => {
    const api = fakeApi(was(name));
    await injected(api, one);
    const receipts = await revertEverything(api);
    for (const receipt of receipts) expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
    expect(everything(api).map(comparable)).toEqual(was(name).map(comparable));
  });
});
