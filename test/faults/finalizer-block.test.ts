import { describe, expect, it } from 'vitest';
import { BLOCK_FINALIZER, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { at, inShop, marked, RECORD_FIELD, UNFIT, withMeta, wrote } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const map = inShop('v1', 'ConfigMap', 'it', { data: { a: '1' } });
const block = (finalizer?: string): Wanted => ({
  type: 'FinalizerBlock',
  parameters: { kind: 'ConfigMap', name: 'it', ...(finalizer === undefined ? {} : { finalizer }) },
});
const MAP = { kind: 'ConfigMap', name: 'it' };
const held = (finalizers: string[], more: Partial<KubeObject['metadata']> = {}) =>
  withMeta(map, { finalizers, ...more });

describe('what is refused', () => {
  it.each(UNFIT)('%s', async (_what, meta, why) => {
    expect(await refusal(fakeApi([withMeta(map, meta)]), block())).toMatch(why);
  });

  it.each([
    ['FIN-1: the finalizer that guards reverts', 'chaos.operatorchaos.io/cleanup', /^forbidden-target: /],
    ['finalizers of Kubernetes itself', 'kubernetes.io/pvc-protection', /^forbidden-target: /],
    ['finalizers of a Kubernetes group', 'batch.kubernetes.io/job-tracking', /^forbidden-target: /],
    ['the garbage collector’s', 'foregroundDeletion', /^invalid: /],
    ['text that is no finalizer', 'not a finalizer/\u001b[31m', /^invalid: /],
  ])('%s', async (_what, finalizer, why) => {
    expect(await refusal(fakeApi([map]), block(finalizer))).toMatch(why);
  });

  it('FIN-3: a finalizer that is there already, since it would not be ours to take out', async () => {
    expect(await refusal(fakeApi([held(['ray.io/finalizer'])]), block('ray.io/finalizer'))).toMatch(/^no-effect: /);
  });
});

describe('the effect', () => {
  it('FIN-2: is proven by a dry run of a deletion, which deletes nothing', async () => {
    const api = fakeApi([map]);
    const plan = await inject(api, block());
    expect(plan.warnings[0]).toContain('nothing happens until somebody deletes');
    const effect = await effectOf(api, block(), plan);
    expect(effect).toMatchObject({ state: 'proven' });
    expect(effect.evidence.join()).toContain('tried as a dry run, would hang, held by chaos.operatorchaos.io/block');
    expect(api.log.filter(({ verb }) => verb === 'delete')).toEqual([expect.objectContaining({ dryRun: true })]);
    expect(api.peek(at(map))?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('FIN-2: is not proven by the finalizer alone where a deletion may not be tried, only by one that hangs', async () => {
    const api = fakeApi([map]);
    api.script({
      on: ({ verb, dryRun }) => verb === 'delete' && dryRun === true,
      times: 9,
      answer: failing('forbidden', 'may not delete'),
    });
    const plan = await inject(api, block());
    const effect = await effectOf(api, block(), plan);
    expect(effect).toMatchObject({ state: 'pending' });
    expect(effect.evidence.join()).toContain('may not delete');
    await api.remove(at(map));
    expect(await effectOf(api, block(), plan)).toMatchObject({ state: 'proven' });
  });

  it('never tries a deletion before the finalizer is seen in place', async () => {
    const api = fakeApi([map]);
    const plan = await mustPlan(api, block());
    expect(await effectOf(api, block(), plan)).toMatchObject({ state: 'absent' });
    expect(api.log.filter(({ verb }) => verb === 'delete')).toEqual([]);
  });

  it('warns where an operator may know the finalizer', async () => {
    const plan = await mustPlan(fakeApi([map]), block('ray.io/finalizer'));
    expect(plan.warnings).toHaveLength(2);
    expect(plan.warnings[1]).toContain('may act on it');
  });
});

describe('restoring', () => {
  it.each([
    ['the only one', []],
    ['one of several', ['a.example/one', 'b.example/two']],
  ])('takes %s out and leaves the rest', async (_what, finalizers) => {
    const api = fakeApi([finalizers.length === 0 ? map : held(finalizers)]);
    const before = api.all().map(comparable);
    await inject(api, block());
    expect(api.peek(at(map))?.metadata.finalizers).toEqual([...finalizers, BLOCK_FINALIZER]);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(comparable)).toEqual(before);
  });

  it('finds it wherever it stands in the list by now', async () => {
    const api = fakeApi([map]);
    await inject(api, block());
    api.change(at(map), object => object.metadata.finalizers?.unshift('late.example/x'));
    await revertEverything(api);
    expect(api.peek(at(map))?.metadata.finalizers).toEqual(['late.example/x']);
  });

  it('lets an object go that was deleted meanwhile', async () => {
    const api = fakeApi([map]);
    await inject(api, block());
    await api.remove(at(map));
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'gone', verified: true }]);
    expect(api.peek(at(map))).toBeUndefined();
  });

  it('FIN-7: keeps what others change between reading and writing', async () => {
    const api = fakeApi([map]);
    await inject(api, block());
    api.change(at(map), object => {
      object.data = { a: '2' };
    });
    await revertEverything(api);
    expect(api.peek(at(map))?.data).toEqual({ a: '2' });
  });

  it('FIN-3: leaves a finalizer alone that the operator has put in again itself', async () => {
    const finalizer = 'ray.io/finalizer';
    const theirs = marked(held([finalizer]), 'FinalizerBlock', { finalizer });
    const fields = (writer: string) => [
      wrote('operator-chaos', { 'f:metadata': RECORD_FIELD }),
      wrote(writer, { 'f:metadata': { 'f:finalizers': { [`v:"${finalizer}"`]: {} } } }),
    ];
    const judged = async (writer: string) =>
      (await restoreOf(fakeApi([withMeta(theirs, { managedFields: fields(writer) })]), 'FinalizerBlock', MAP)).is;
    expect(await judged('ray-operator')).toBe('diverged');
    expect(await judged('operator-chaos')).toBe('restore');
  });

  it('takes it out of an object of which the server keeps no writers, as the record says that it was injected', async () => {
    const theirs = marked(held([BLOCK_FINALIZER]), 'FinalizerBlock', { finalizer: BLOCK_FINALIZER });
    expect((await restoreOf(fakeApi([theirs]), 'FinalizerBlock', MAP)).is).toBe('restore');
    const unknown = withMeta(theirs, { managedFields: [wrote('operator-chaos', { 'f:metadata': RECORD_FIELD })] });
    expect((await restoreOf(fakeApi([unknown]), 'FinalizerBlock', MAP)).is).toBe('diverged');
  });

  it('only strips the marks where the finalizer is out already', async () => {
    const api = fakeApi([marked(map, 'FinalizerBlock', { finalizer: 'a/b' })]);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'already-restored', verified: true }]);
    expect(api.all().map(comparable)).toEqual([comparable(map)]);
  });

  it('FIN-6: leaves a record alone that names no finalizer', async () => {
    const odd = marked(held([BLOCK_FINALIZER]), 'FinalizerBlock', { key: 'mode', keyExists: 'true' });
    expect(await restoreOf(fakeApi([odd]), 'FinalizerBlock', MAP)).toMatchObject({ is: 'corrupt' });
  });

  it('FIN-5: says that it cannot know, where only the label is left', async () => {
    const api = fakeApi([withMeta(held([BLOCK_FINALIZER]), { labels: { [TYPE_LABEL]: 'FinalizerBlock' } })]);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(api.peek(at(map))?.metadata.finalizers).toEqual([BLOCK_FINALIZER]);
  });
});
