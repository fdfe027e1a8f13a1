import { describe, expect, it } from 'vitest';
import { isRefusal, refuse } from '../../../src/injection/plan/refuse.ts';
import { MAYDAY } from '../../../src/injection/record/markers.ts';
import { type ExecutorDeps, execute, IN_FLIGHT_MS } from '../../../src/injection/write/executor.ts';
import { patchOf } from '../../../src/injection/write/patch-of.ts';
import { injectWithReplan } from '../../../src/injection/write/replan.ts';
import { send } from '../../../src/injection/write/send.ts';
import type { Write } from '../../../src/injection/write/write.ts';
import { set, test } from '../../../src/k8s/json-patch.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { refOf } from '../../../src/k8s/object-ref.ts';
import { type FakeApi, failing, fakeApi } from '../../support/fake-api.ts';
import { memoryJournal, steppedClock } from '../../support/memory-journal.ts';
import { mustPlan, planned } from '../../support/plans.ts';

const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'config' };
const configMap = (): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'config', namespace: 'shop' },
  data: { mode: 'live' },
});
const DRIFT = { type: 'ConfigDrift', parameters: { name: 'config', key: 'mode', value: 'chaos' } } as const;

function bench(api: FakeApi): ExecutorDeps & {
  journal: ReturnType<typeof memoryJournal>;
  clock: ReturnType<typeof steppedClock>;
} {
  return { api, journal: memoryJournal(), clock: steppedClock() };
}
const RUN = { id: 'i-0001', purpose: 'inject' } as const;

function creation(name: string, mark = name): Write {
  const on = { ...CONFIG, name };
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'shop', annotations: { [MAYDAY]: mark } },
  };
  return { verb: 'create', on, body, precondition: { absent: true }, says: `create ${name}` };
}
function deletion(object: KubeObject): Write {
  return { verb: 'delete', on: refOf(object), precondition: { uid: object.metadata.uid ?? '' }, says: 'delete it' };
}
const patching = (object: KubeObject): Write =>
  patchOf(object, [set('/metadata/annotations', { [MAYDAY]: 'ours' }), set('/data/mode', 'chaos')], {
    says: 'patch it',
    atVersion: true,
  });

/** The patch of an object to which something happened since it was read. */
const afterwards = (happens: (api: FakeApi) => unknown) => (api: FakeApi, target: KubeObject) => {
  happens(api);
  return patching(target);
};
function replaceIt(api: FakeApi): void {
  api.forget(CONFIG);
  api.put(configMap());
}

const lost = failing('unreachable', 'connection reset');
const isWrite = (request: { verb: string }) => request.verb !== 'get' && request.verb !== 'list';

describe('the journal', () => {
  it('has each intent before its request, and each result after', async () => {
    const api = fakeApi();
    const order: string[] = [];
    api.react(request => order.push(`sent ${request.name}`));
    const journal = {
      append: async (record: { record: string; step: number }) => {
        order.push(`${record.record} ${record.step}`);
      },
    };
    await execute([creation('a'), creation('b')], { ...bench(api), journal }, RUN);
    expect(order).toEqual(['intent 0', 'sent a', 'result 0', 'intent 1', 'sent b', 'result 1']);
  });

  it('stops everything when it cannot be written', async () => {
    const api = fakeApi();
    const journal = { append: () => Promise.reject(new Error('disk full')) };
    await expect(execute([creation('a')], { ...bench(api), journal }, RUN)).rejects.toThrow('disk full');
    expect(api.log).toEqual([]);
  });
});

describe('a lost answer', () => {
  it.each<[string, (api: FakeApi) => Write]>([
    ['create', () => creation('new')],
    ['patch', api => patching(api.put(configMap()))],
    ['delete', api => deletion(api.put(configMap()))],
  ])('of a %s that was applied is found out by reading back, and the write is not repeated', async (verb, make) => {
    const api = fakeApi();
    const write = make(api);
    api.script({ on: isWrite, answer: lost, when: 'after' });
    const deps = bench(api);
    const execution = await execute([write], deps, RUN);
    expect(execution).toMatchObject({ state: 'done', steps: [{ outcome: 'applied' }] });
    expect(api.log.map(request => request.verb)).toEqual([verb, 'get']);
    expect(deps.journal.records.at(-1)).toMatchObject({ record: 'result', outcome: 'applied' });
  });

  it.each<[string, (api: FakeApi) => Write]>([
    ['create', () => creation('new')],
    ['patch', api => patching(api.put(configMap()))],
    ['delete', api => deletion(api.put(configMap()))],
  ])('of a %s that did not land leads to the same bound write again', async (verb, make) => {
    const api = fakeApi();
    const write = make(api);
    api.script({ on: isWrite, answer: lost });
    const execution = await execute([write], bench(api), RUN);
    expect(execution.state).toBe('done');
    expect(api.log.map(request => request.verb)).toEqual([verb, 'get', verb]);
  });

  it('is told apart when the first copy lands late: the second runs into it and reads back', async () => {
    const api = fakeApi([configMap()]);
    const before = api.all()[0] as KubeObject;
    const write = patching(before);
    api.script({ on: isWrite, answer: lost });
    let gets = 0;
    const late: FakeApi = {
      ...api,
      get requests() {
        return api.requests;
      },
      get: async (ref, options) => {
        const answer = await api.get(ref, options);
        gets += 1;
        if (gets === 1) await send(api, write);
        return answer;
      },
    };
    expect(await execute([write], bench(late), RUN)).toMatchObject({ state: 'done' });
    expect(api.peek(CONFIG)?.data).toEqual({ mode: 'chaos' });
  });

  it('with no way to read back is unknown: nothing is undone, everything is told', async () => {
    const api = fakeApi([configMap()]);
    const target = api.all()[0] as KubeObject;
    api.script({ on: request => request.verb === 'patch', answer: lost, when: 'after' });
    api.script({ on: request => request.verb === 'get', times: 100, answer: lost });
    const deps = bench(api);
    const execution = await execute([creation('backup'), patching(target)], deps, RUN);
    expect(execution).toMatchObject({ state: 'unknown', undone: [] });
    expect(execution.left.map(write => write.on.name)).toEqual(['backup']);
    expect(execution.message).toMatch(/it may or may not have been applied$/);
    expect(api.peek({ ...CONFIG, name: 'backup' })).toBeDefined();
    expect(deps.journal.records.at(-1)).toMatchObject({ outcome: 'unknown' });
  });

  it('is not given up while the write may still be under way', async () => {
    const api = fakeApi([configMap()]);
    const write = patching(api.all()[0] as KubeObject);
    api.script({ on: isWrite, answer: lost });
    api.script({ on: isWrite, answer: failing('conflict', 'the object has been modified') });
    const deps = bench(api);
    const clock: typeof deps.clock = {
      ...deps.clock,
      // The first copy lands seconds later.
      sleep: async ms => {
        if (ms > 3_000) await send(api, write);
        return deps.clock.sleep(ms);
      },
    };
    expect(await execute([write], { ...deps, clock }, RUN)).toMatchObject({ state: 'done' });
  });

  it('of a create that was sent again is waited out: taking the second copy back would let the first one in', async () => {
    const api = fakeApi();
    api.script({ on: isWrite, answer: lost });
    const deps = bench(api);
    await execute([creation('new')], deps, RUN);
    expect(deps.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(IN_FLIGHT_MS);
  });

  it('to a creation that was sent twice and was applied once is waited for: the other one may still come', async () => {
    const api = fakeApi();
    const deps = bench(api);
    api.script({ on: isWrite, answer: lost });
    api.script({ on: isWrite, answer: lost, when: 'after' });
    expect(await execute([creation('a')], deps, RUN)).toMatchObject({ state: 'done', steps: [{ outcome: 'applied' }] });
    expect(deps.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(IN_FLIGHT_MS);
  });

  it('to a creation that was sent once and was applied is not: there is no other', async () => {
    const api = fakeApi();
    const deps = bench(api);
    api.script({ on: isWrite, answer: lost, when: 'after' });
    expect(await execute([creation('a')], deps, RUN)).toMatchObject({ state: 'done' });
    expect(deps.clock.slept).toEqual([]);
  });

  it('finds somebody else’s object of that name: a conflict, not ours', async () => {
    const api = fakeApi();
    api.script({ on: isWrite, answer: lost });
    api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new', namespace: 'shop' } });
    expect((await execute([creation('new')], bench(api), RUN)).state).toBe('conflict');
  });

  it('counts a delete as was applied when another object bears the name, or it is Terminating', async () => {
    const api = fakeApi();
    const first = api.put(configMap());
    api.script({ on: isWrite, answer: lost });
    api.forget(CONFIG);
    api.put(configMap());
    expect((await execute([deletion(first)], bench(api), RUN)).state).toBe('done');
    const held = api.put({ ...configMap(), metadata: { ...configMap().metadata, name: 'held', finalizers: ['x/y'] } });
    api.script({ on: isWrite, answer: lost, when: 'after' });
    expect((await execute([deletion(held)], bench(api), RUN)).state).toBe('done');
  });
});

describe('a server that is busy', () => {
  it('is waited for as long as it asks', async () => {
    const api = fakeApi();
    api.script({ on: isWrite, times: 2, answer: failing('throttled', 'slow down', { retryAfterMs: 3000 }) });
    const deps = bench(api);
    expect((await execute([creation('a')], deps, RUN)).state).toBe('done');
    expect(deps.clock.slept).toEqual([3000, 3000]);
  });

  it('is not waited for without end', async () => {
    const api = fakeApi();
    api.script({ on: isWrite, times: 100, answer: failing('throttled', 'slow down', { retryAfterMs: 3_600_000 }) });
    const deps = bench(api);
    expect((await execute([creation('a')], deps, RUN)).state).toBe('failed');
    expect(Math.max(...deps.clock.slept)).toBe(10_000);
    expect(api.log).toHaveLength(5);
  });
});

describe('a refusal', () => {
  it.each([
    ['forbidden', failing('forbidden', 'no')],
    [
      'an invalid object',
      failing('invalid', 'bad', { causes: [{ field: 'x' as never, reason: 'r', message: 'm' as never }] }),
    ],
    ['a webhook that is down', failing('server-error', 'failed calling webhook "x": no endpoints available')],
  ])('is final: %s', async (_what, answer) => {
    const api = fakeApi([configMap()]);
    api.script({ on: isWrite, answer });
    expect(await execute([patching(api.all()[0] as KubeObject)], bench(api), RUN)).toMatchObject({ state: 'failed' });
    expect(api.log).toHaveLength(1);
  });

  it('takes back what the earlier steps created, last first, by uid', async () => {
    const api = fakeApi([configMap()]);
    const target = api.all()[0] as KubeObject;
    api.script({ on: request => request.verb === 'patch', answer: failing('forbidden', 'no') });
    const deps = bench(api);
    const execution = await execute([creation('one'), creation('two'), patching(target)], deps, RUN);
    expect(execution).toMatchObject({ state: 'failed', left: [] });
    expect(execution.undone.map(result => `${result.write.verb} ${result.write.on.name}`)).toEqual([
      'delete two',
      'delete one',
    ]);
    expect(execution.undone.every(result => result.write.precondition.uid !== undefined)).toBe(true);
    expect(deps.journal.records.filter(record => record.purpose === 'undo')).toHaveLength(4);
    expect(api.all()).toHaveLength(1);
  });

  it.each([failing('forbidden', 'no'), failing('gone', 'too old'), failing('conflict', 'modified')])(
    'tells what could not be taken back: $reason',
    async no => {
      const api = fakeApi([configMap()]);
      const target = api.all()[0] as KubeObject;
      api.script({ on: request => request.verb === 'patch', answer: failing('forbidden', 'no') });
      api.script({ on: request => request.verb === 'delete', answer: no });
      const execution = await execute([creation('one'), patching(target)], bench(api), RUN);
      expect(execution.left.map(write => write.on.name)).toEqual(['one']);
    },
  );

  it('undoes nothing of a revert: each step stands for itself', async () => {
    const api = fakeApi([configMap()]);
    const target = api.all()[0] as KubeObject;
    api.script({ on: request => request.verb === 'patch', answer: failing('forbidden', 'no') });
    const execution = await execute([creation('one'), patching(target)], bench(api), { id: 'x', purpose: 'revert' });
    expect(execution.undone).toEqual([]);
    expect(api.all()).toHaveLength(2);
  });
});

describe('stopping', () => {
  it('happens between two writes, and takes back what was created', async () => {
    const api = fakeApi();
    const stopper = new AbortController();
    api.react(() => stopper.abort(new Error('ctrl-c')));
    const execution = await execute([creation('one'), creation('two')], { ...bench(api), signal: stopper.signal }, RUN);
    expect(execution.state).toBe('aborted');
    expect(execution.undone).toHaveLength(1);
    expect(api.all()).toEqual([]);
  });
});

describe('a conflict', () => {
  it.each<[string, (api: FakeApi, target: KubeObject) => Write]>([
    [
      'a test that no longer holds',
      (_api, target) => patchOf(target, [test('/data/mode', 'other')], { says: 'x', atVersion: false }),
    ],
    [
      'a path that is gone',
      (_api, target) => patchOf(target, [{ op: 'remove', path: '/data/nothing' }], { says: 'x', atVersion: false }),
    ],
    ['another version', afterwards(api => api.change(CONFIG, () => undefined))],
    ['an object that is gone', afterwards(api => api.forget(CONFIG))],
    ['another object of that name', afterwards(replaceIt)],
    ['a name that is taken', () => creation('config')],
  ])('is reported, never sent again: %s', async (_what, make) => {
    const api = fakeApi([configMap()]);
    const write = make(api, api.all()[0] as KubeObject);
    expect((await execute([write], bench(api), RUN)).state).toBe('conflict');
    expect(api.log.filter(isWrite)).toHaveLength(1);
  });

  it('leads to a new look and a new plan', async () => {
    const api = fakeApi([configMap()]);
    const plan = await mustPlan(api, DRIFT);
    api.change(CONFIG, object => {
      object.data = { mode: 'live', other: 'new' };
    });
    const injected = await injectWithReplan(plan, () => planned(api, DRIFT), bench(api));
    expect(injected).toMatchObject({ state: 'injected', attempts: 2 });
    expect(api.peek(CONFIG)?.data).toEqual({ mode: 'chaos', other: 'new' });
  });

  it('ends in the refusal of the new plan', async () => {
    const api = fakeApi([configMap()]);
    const plan = await mustPlan(api, DRIFT);
    api.forget(CONFIG);
    const injected = await injectWithReplan(plan, () => planned(api, DRIFT), bench(api));
    expect(injected).toMatchObject({ state: 'refused', refusal: { code: 'not-found' } });
  });

  it('is not fought for ever', async () => {
    const api = fakeApi([configMap()]);
    const plan = await mustPlan(api, DRIFT);
    const busy = async () => {
      const next = await planned(api, DRIFT);
      api.change(CONFIG, () => undefined);
      return next;
    };
    api.change(CONFIG, () => undefined);
    const injected = await injectWithReplan(plan, busy, bench(api));
    expect(injected).toMatchObject({ state: 'not-injected', attempts: 6, execution: { state: 'conflict', left: [] } });
  });

  it('is not tried again while something of the first try is left', async () => {
    const api = fakeApi([{ ...configMap(), kind: 'Secret', data: { mode: 'bGl2ZQ==' } }]);
    const leak = { ...DRIFT, parameters: { ...DRIFT.parameters, resourceType: 'Secret' } };
    const plan = await mustPlan(api, leak);
    api.change({ ...CONFIG, kind: 'Secret' }, () => undefined);
    api.script({ on: request => request.verb === 'delete', answer: failing('forbidden', 'no') });
    const injected = await injectWithReplan(
      plan,
      () => Promise.resolve(refuse('invalid', 'must not be asked')),
      bench(api),
    );
    expect(injected).toMatchObject({ state: 'not-injected', attempts: 1 });
    expect(injected.execution.left).toHaveLength(1);
  });
});

describe('refusals', () => {
  it('are told from plans', async () => {
    expect(isRefusal(refuse('invalid', 'x'))).toBe(true);
    expect(isRefusal(await mustPlan(fakeApi([configMap()]), DRIFT))).toBe(false);
  });
});
