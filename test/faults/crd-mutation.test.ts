import { describe, expect, it } from 'vitest';
import { whyHigh } from '../../src/experiment/danger.ts';
import { readEnvelope, sha256 } from '../../src/injection/record/envelope.ts';
import { MANAGED_BY, ROLLBACK_DATA, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { Json, KubeObject } from '../../src/k8s/object.ts';
import { httpRequest } from '../../src/kube/client/http/calls.ts';
import { type FakeApi, fakeApi } from '../support/fake-api.ts';
import { at, inShop, marked, RECORD_FIELD, UNFIT, withMeta, wrote } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const API = 'demo.example.com/v1';
const widget = (spec: object, more: Record<string, unknown> = {}) => inShop(API, 'Widget', 'w', { spec, ...more });
const w = widget({ mode: 'safe', size: 3, tags: ['a', 'b'], deep: { one: { two: 1 } }, nothing: null });
const mutate = (path: string, value: string, more: Record<string, string> = {}): Wanted => ({
  type: 'CRDMutation',
  parameters: { apiVersion: API, kind: 'Widget', name: 'w', path, value, ...more },
});
const W = { kind: 'Widget', name: 'w' };
const specOf = (api: FakeApi) => api.peek(at(w))?.spec as Record<string, unknown>;
const payload = (path: string, originalValue: string | number | null | object) =>
  ({ apiVersion: API, kind: 'Widget', originalValue, path }) as { [key: string]: string };
const theirs = (spec: object, path: string, originalValue: string | number | null | object) =>
  marked(widget(spec), 'CRDMutation', payload(path, originalValue));
const bodiesOf = (api: FakeApi) =>
  api.log.filter(({ verb }) => verb === 'patch').map(({ body }) => body as unknown as { op: string; path: string }[]);

describe('what is refused', () => {
  it.each(UNFIT)('CRD-4: %s', async (_what, meta, why) => {
    expect(await refusal(fakeApi([withMeta(w, meta)]), mutate('spec.size', '1'))).toMatch(why);
  });

  it.each<[string, Wanted, RegExp]>([
    ['CRD-9: status, which the server drops', mutate('status.phase', 'x'), /^unsupported: .*status/],
    ['CRD-5: a path through a list', mutate('spec.tags.x', '1'), /^invalid: spec.tags of .* is not a map/],
    ['CRD-5: a path through a text', mutate('spec.mode.x.y', '1'), /^invalid: spec.mode of .* is not a map/],
    ['CRD-11: finalizers', mutate('metadata.finalizers', '["a/b"]'), /^forbidden-target: .*FinalizerBlock/],
    ['CRD-11: owners', mutate('metadata.ownerReferences', '[]'), /^forbidden-target: .*OwnerRefOrphan/],
    ['the server’s own metadata', mutate('metadata.generateName', 'x'), /^forbidden-target: /],
    ['the kind', mutate('kind', 'Gadget'), /^forbidden-target: /],
    ['a path with an empty member', mutate('spec..size', '1'), /^invalid: expected a path/],
    ['a value that is there already', mutate('spec.size', '3'), /^no-effect: /],
    ['taking away what is not there', mutate('spec.other', 'null'), /^no-effect: /],
    ['labels that are no texts', mutate('metadata.labels', '{"a":1}'), /^invalid: .*only text values/],
  ])('%s', async (_what, wanted, why) => {
    expect(await refusal(fakeApi([w]), wanted)).toMatch(why);
  });

  it('CRD-10: a Secret, whose data the record would show', async () => {
    const secret = inShop('v1', 'Secret', 'w', { data: { a: 'AA==' } });
    const wanted = mutate('data.a', 'BB==', { apiVersion: 'v1', kind: 'Secret' });
    expect(await refusal(fakeApi([secret]), wanted)).toMatch(/^forbidden-target: .*in clear/);
  });

  it('CRD-6: an original with digits that a read does not keep', async () => {
    // As an ordinary read gives 9007199254740993.
    const big = widget({ mode: 'safe', size: 9007199254740992, deep: { list: [2 ** 60] } });
    for (const path of ['spec.size', 'spec.deep', 'spec'])
      expect(await refusal(fakeApi([big]), mutate(path, '{"x":1}'))).toMatch(/^unsupported: .*2\^53/);
    expect(await mustPlan(fakeApi([big]), mutate('spec.mode', 'fast'))).toMatchObject({ is: 'plan' });
  });

  it('an original that fits no record', async () => {
    const large = widget({ mode: 'x'.repeat(200_000) });
    expect(await refusal(fakeApi([large]), mutate('spec.mode', 'y'))).toMatch(/^invalid: .*200000 bytes/);
  });
});

describe('the plan', () => {
  it.each<[string, string, unknown]>([
    ['a number', '99', 99],
    ['a truth', 'true', true],
    ['a text', 'broken', 'broken'],
    ['a text of digits, in quotes', '"99"', '99'],
    ['an empty text', '', ''],
    ['a list', '[1]', [1]],
  ])('CRD-12: takes the value as %s', async (_what, value, expected) => {
    const api = fakeApi([w]);
    const plan = await inject(api, mutate('spec.size', value));
    expect(specOf(api).size).toEqual(expected);
    expect(await effectOf(api, mutate('spec.size', value), plan)).toMatchObject({ state: 'proven' });
  });

  it('merges a map into the one that is there, as the framework’s patch does', async () => {
    const api = fakeApi([w]);
    const wanted = mutate('spec.deep', '{"one":{"two":null,"three":3},"four":4}');
    const plan = await inject(api, wanted);
    expect(specOf(api).deep).toEqual({ one: { three: 3 }, four: 4 });
    expect(await effectOf(api, wanted, plan)).toMatchObject({ state: 'proven' });
    await revertEverything(api);
    expect(specOf(api)).toEqual(w.spec);
  });

  it('sends a number beyond 2^53 with the digits it was given', async () => {
    const plan = await mustPlan(fakeApi([w]), mutate('spec.size', '9007199254740993'));
    const [write] = plan.writes;
    const body = write?.verb === 'patch' ? write.body : null;
    const { body: sent } = httpRequest({ method: 'PATCH', path: '/', body, deadlineMs: 1 });
    expect(sent).toContain('"path":"/spec/size","value":9007199254740993}');
  });

  it('keeps the older way to name a member, and both in the record', async () => {
    const api = fakeApi([w]);
    const { path: _path, ...parameters } = mutate('', '9').parameters;
    await inject(api, { type: 'CRDMutation', parameters: { ...parameters, field: 'size' } });
    const record = readEnvelope(api.peek(at(w))?.metadata.annotations?.[ROLLBACK_DATA] ?? '');
    expect(record).toMatchObject({
      ok: true,
      raw: '{"apiVersion":"demo.example.com/v1","field":"size","kind":"Widget","originalValue":3,"path":"spec.size"}',
    });
  });

  it('CRD-11: demands high danger where the framework’s rules do', () => {
    const why = (wanted: Wanted) => whyHigh('CRDMutation', wanted.parameters);
    expect(why(mutate('spec.size', '1'))).toBeUndefined();
    expect(why(mutate('spec.size', '{}'))).toBe('the value is an object or a list');
    expect(why(mutate('spec.replicas', '1'))).toBe('replicas is a sensitive field');
  });
});

describe('restoring', () => {
  it.each<[string, Wanted]>([
    ['a member', mutate('spec.size', '99')],
    ['a member inside others', mutate('spec.deep.one.two', '"x"')],
    ['a list', mutate('spec.tags', '["c"]')],
    ['a whole map', mutate('spec', '{"mode":"x","deep":null}')],
    ['CRD-6: a null, which is not the same as nothing', mutate('spec.nothing', '5')],
    ['CRD-6: nothing, which is not the same as a null', mutate('spec.absent', '5')],
    ['CRD-5: parents that were not there', mutate('spec.a.b.c', '5')],
    ['CRD-5: the lack of a root', mutate('config.b.c', '{"x":{"y":1}}')],
    ['a member that was taken away', mutate('spec.deep.one', 'null')],
    ['CRD-8: labels as a whole', mutate('metadata.labels', '{"chaos.operatorchaos.io/corrupted":"true","tier":"x"}')],
    ['CRD-8: annotations as a whole', mutate('metadata.annotations', '{"note":"x"}')],
    ['one label', mutate('metadata.labels.note', 'x')],
  ])('gives back %s', async (_what, wanted) => {
    for (const meta of [{}, { labels: { app: 'x', [MANAGED_BY]: 'Helm' }, annotations: { own: 'y' } }]) {
      const api = fakeApi([withMeta(w, meta)]);
      const before = api.all().map(comparable);
      await inject(api, wanted);
      expect(api.all().map(comparable)).not.toEqual(before);
      expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
      expect(api.all().map(comparable)).toEqual(before);
    }
  });

  it('CRD-1, CRD-2, CRD-3: in one request that never takes the member away, and the record out once it stands there', async () => {
    const api = fakeApi([theirs({ mode: 'broken' }, 'spec.mode', 'safe')]);
    await revertEverything(api);
    const bodies = bodiesOf(api);
    expect(bodies).toHaveLength(2);
    const about = (part: string, step = 0) => bodies[step]?.filter(({ path }) => path.includes(part));
    expect(about('/spec/mode')).toEqual([
      { op: 'test', path: '/spec/mode', value: 'broken' },
      { op: 'add', path: '/spec/mode', value: 'safe' },
    ]);
    expect(about('rollback-data')?.map(({ op }) => op)).toEqual(['test']);
    expect(about('/spec/mode', 1)).toEqual([{ op: 'test', path: '/spec/mode', value: 'safe' }]);
    expect(about('rollback-data', 1)?.map(({ op }) => op)).toEqual(['test', 'remove']);
  });

  it('CRD-6: writes the digits of the record, not rounded ones', async () => {
    const data =
      '{"apiVersion":"demo.example.com/v1","kind":"Widget","originalValue":{"n":[9007199254740993]},"path":"spec.size"}';
    const record = `{"data":${data},"checksum":"${sha256(data)}"}`;
    for (const size of [1, { n: [9007199254740992] }]) {
      const api = fakeApi([withMeta(widget({ size }), { annotations: { [ROLLBACK_DATA]: record } })]);
      const restore = await restoreOf(api, 'CRDMutation', W);
      expect(restore.is).toBe(size === 1 ? 'restore' : 'already-restored');
      const [write] = restore.is === 'corrupt' ? [] : restore.writes;
      expect(JSON.stringify(write)).toContain('"path":"/spec/size","value":{"n":[9007199254740993]}');
    }
  });

  it('CRD-7: asks where somebody has put in a third value', async () => {
    const api = fakeApi([w]);
    await inject(api, mutate('spec.size', '99'));
    api.change(at(w), object => {
      (object.spec as { size: number }).size = 5;
    });
    expect(await restoreOf(api, 'CRDMutation', W)).toMatchObject({
      is: 'diverged',
      original: '3',
      injected: '99',
      live: '5',
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged' }]);
    expect(specOf(api).size).toBe(5);
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(specOf(api).size).toBe(3);
  });

  it('CRD-7: a quantity that the server rewrites is the injected value all the same, and another one is not', async () => {
    const api = fakeApi([w]);
    await inject(api, mutate('spec.size', '{"cpu":"1000m","memory":"1024Mi"}'));
    const now = (size: object) => api.change(at(w), object => Object.assign(object.spec as object, { size }));
    now({ cpu: '1', memory: '2Gi' });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged' }]);
    now({ cpu: '1', memory: '1Gi' });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(specOf(api).size).toBe(3);
  });

  it('CRD-7: managedFields tell a third value where the framework recorded none', async () => {
    const fields = (writer: string) => [
      wrote('operator-chaos', { 'f:metadata': RECORD_FIELD }),
      wrote(writer, { 'f:spec': { 'f:size': {} } }),
    ];
    const judged = async (writer: string) =>
      (
        await restoreOf(
          fakeApi([withMeta(theirs({ size: 7 }, 'spec.size', 3), { managedFields: fields(writer) })]),
          'CRDMutation',
          W,
        )
      ).is;
    expect(await judged('someone')).toBe('diverged');
    expect(await judged('operator-chaos')).toBe('restore');
  });

  it('CRD-7: restores where the framework’s record came with an object that was made again from its own YAML', async () => {
    const made = '2026-11-21T12:00:00Z';
    const fields = { 'f:metadata': RECORD_FIELD, 'f:spec': { 'f:size': {}, 'f:mode': {} } };
    const managedFields = [{ ...wrote('kubectl-create', fields), time: made }];
    const again = (size: number) =>
      withMeta(theirs({ size, mode: 'safe' }, 'spec.size', 3), { creationTimestamp: made, managedFields });
    expect(await restoreOf(fakeApi([again(7)]), 'CRDMutation', W)).toMatchObject({
      is: 'restore',
      says: expect.stringContaining('7 in it was taken for the injected value'),
    });
    expect((await restoreOf(fakeApi([again(3)]), 'CRDMutation', W)).is).toBe('already-restored');
  });

  it('only strips the marks where the operator has healed it, and keeps what the server added to a map', async () => {
    const api = fakeApi([w]);
    await inject(api, mutate('spec.size', '99'));
    api.change(at(w), object => {
      (object.spec as { size: number }).size = 3;
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'already-restored', verified: true }]);
    await inject(api, mutate('spec.deep', '{"five":{"x":1}}'));
    api.change(at(w), object => {
      ((object.spec as { deep: { five: object } }).deep.five as Record<string, unknown>).defaulted = true;
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(specOf(api)).toEqual(w.spec);
  });

  it('CRD-5: keeps a parent that came with it, where somebody has put something in since', async () => {
    const api = fakeApi([w]);
    await inject(api, mutate('spec.a.b.c', '5'));
    api.change(at(w), object => {
      (object.spec as { a: Record<string, unknown> }).a.own = 1;
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(specOf(api).a).toEqual({ own: 1 });
  });

  it('CRD-5: takes out the empty parents that are left of it', async () => {
    const api = fakeApi([w]);
    await inject(api, mutate('spec.a.b.c', '5'));
    api.change(at(w), object => {
      (object.spec as { a: unknown }).a = { b: {} };
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(specOf(api)).not.toHaveProperty('a');
  });

  it('CRD-5: of the framework’s injections, takes out parents that only it has ever written', async () => {
    const judged = async (managedFields: object[]) => {
      const object = withMeta(theirs({ mode: 'm', a: { b: 5 } }, 'spec.a.b', null), { managedFields });
      const api = fakeApi([object]);
      await revertEverything(api);
      return specOf(api).a;
    };
    const chaos = wrote('operator-chaos', { 'f:metadata': RECORD_FIELD, 'f:spec': { 'f:a': { 'f:b': {} } } });
    expect(await judged([chaos])).toBeUndefined();
    expect(await judged([chaos, wrote('kubectl', { 'f:spec': { 'f:a': {} } })])).toEqual({});
    // Nobody is known to have written it: that is not known to be the injection's, and a person decides.
    expect(await judged([])).toEqual({ b: 5 });
  });

  it('CRD-8: of labels, keeps those that others have put on since', async () => {
    const labelled = withMeta(w, { labels: { app: 'x' } });
    const api = fakeApi([labelled]);
    await inject(api, mutate('metadata.labels', '{"app":"y","bad":"1"}'));
    api.change(at(w), object => {
      object.metadata.labels = { ...object.metadata.labels, late: '1' };
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.peek(at(w))?.metadata.labels).toEqual({ app: 'x', late: '1' });
  });

  it('CRD-8: gives the former managed-by back that the framework has overwritten', async () => {
    const object = marked(withMeta(w, { labels: { app: 'y', bad: '1' } }), 'CRDMutation', {
      ...payload('metadata.labels', { app: 'x', [MANAGED_BY]: 'Helm' }),
    });
    const api = fakeApi([object]);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.peek(at(w))?.metadata.labels).toEqual({ app: 'x', [MANAGED_BY]: 'Helm' });
  });

  it('CRD-9: sees that an injection into status never landed, and one without a status of its own did', async () => {
    const injected = (fields: object): KubeObject => ({
      ...theirs({}, 'status.phase', 'Ready'),
      status: { phase: 'Running' },
      metadata: { ...theirs({}, 'status.phase', 'Ready').metadata, managedFields: [wrote('operator-chaos', fields)] },
    });
    expect(await restoreOf(fakeApi([injected({ 'f:metadata': RECORD_FIELD })]), 'CRDMutation', W)).toMatchObject({
      is: 'already-restored',
    });
    const landed = injected({ 'f:metadata': RECORD_FIELD, 'f:status': { 'f:phase': {} } });
    expect(await restoreOf(fakeApi([landed]), 'CRDMutation', W)).toMatchObject({ is: 'restore' });
  });

  it('CRD-13: does not take a missing record for a success', async () => {
    const api = fakeApi([withMeta(widget({ size: 99 }), { labels: { [TYPE_LABEL]: 'CRDMutation' } })]);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'failed', verified: false }]);
  });

  it.each<[string, Record<string, Json>]>([
    ['another kind', { ...payload('spec.size', 3), kind: 'Gadget' }],
    ['another group', { ...payload('spec.size', 3), apiVersion: 'v1' }],
    ['no path', { apiVersion: API, kind: 'Widget', originalValue: 3 }],
    ['no original', { apiVersion: API, kind: 'Widget', path: 'spec.size' }],
    ['the path of what an object is', payload('kind', 'Gadget')],
    ['a path that leads through a text', payload('spec.mode.x', 'y')],
  ])('leaves everything as it is where the record names %s', async (_what, data) => {
    const object = marked(widget({ mode: 'm', size: 9 }), 'CRDMutation', data as { [key: string]: string });
    expect(await restoreOf(fakeApi([object]), 'CRDMutation', W)).toMatchObject({ is: 'corrupt' });
  });
});
