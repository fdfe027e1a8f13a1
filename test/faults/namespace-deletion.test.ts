import { describe, expect, it } from 'vitest';
import { MANAGED_BY, MANAGER, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { definition, version } from '../support/definition.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { UNFIT, withMeta } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, sendAll, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const space: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'far', labels: { 'kubernetes.io/metadata.name': 'far', team: 'a' }, annotations: { owner: 'b' } },
};
const wanted: Wanted = {
  type: 'NamespaceDeletion',
  parameters: { namespace: 'far' },
  scope: { allowed: ['shop', 'far'] },
};
const inFar = (apiVersion: string, kind: string, name: string, more: Record<string, unknown> = {}): KubeObject => {
  const { metadata, ...rest } = more;
  return { apiVersion, kind, metadata: { name, namespace: 'far', ...(metadata as object) }, ...rest };
};
const FAR = { apiVersion: 'v1', kind: 'Namespace', name: 'far' };
const BACKUP = { kind: 'ConfigMap', namespace: 'default', name: 'chaos-rollback-ns-far' };
const backup = (data: Record<string, string>, namespace = 'default'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: BACKUP.name, namespace, labels: { [MANAGED_BY]: MANAGER, [TYPE_LABEL]: 'NamespaceDeletion' } },
  data,
});

describe('what is refused', () => {
  it.each(UNFIT)('%s', async (_what, meta, why) => {
    expect(await refusal(fakeApi([withMeta(space, meta)]), wanted)).toMatch(why);
  });

  it('NSD-1: a namespace that the experiment may not write to', async () => {
    expect(await refusal(fakeApi([space]), { ...wanted, scope: { allowed: ['shop'] } })).toMatch(
      /^outside-blast-radius: .*found far/,
    );
    expect(await refusal(fakeApi([space]), { ...wanted, scope: {} })).toMatch(/^outside-blast-radius: /);
  });

  it('a backup that exists, whoever made it', async () => {
    expect(await refusal(fakeApi([space, backup({})]), wanted)).toMatch(/^already-injected: .*only copy/);
    const foreign = withMeta(backup({}), { labels: { [MANAGED_BY]: 'x' } });
    delete foreign.metadata.labels?.[TYPE_LABEL];
    expect(await refusal(fakeApi([space, foreign]), wanted)).toMatch(/^forbidden-target: /);
  });

  it('one that holds other injections, whose records would go with it', async () => {
    const victim = inFar('v1', 'Secret', 'x', { metadata: { labels: { [TYPE_LABEL]: 'SecretDeletion' } } });
    expect(await refusal(fakeApi([space, victim]), wanted)).toMatch(/^already-injected: Secret far\/x/);
  });
});

describe('NSD-2: the plan is honest', () => {
  it('an empty namespace can be undone; what every namespace has does not count', async () => {
    const api = fakeApi([
      space,
      inFar('v1', 'ConfigMap', 'kube-root-ca.crt'),
      inFar('v1', 'ServiceAccount', 'default'),
    ]);
    const plan = await mustPlan(api, wanted);
    expect(plan.undo).toEqual({
      where: 'ConfigMap default/chaos-rollback-ns-far: labels and annotations only',
      reversible: true,
    });
    expect(plan.writes).toMatchObject([
      { verb: 'create', on: BACKUP, body: { data: { labels: '{"kubernetes.io/metadata.name":"far","team":"a"}' } } },
      { verb: 'delete', on: FAR, precondition: { uid: expect.any(String), resourceVersion: expect.any(String) } },
    ]);
  });

  it('anything in it, custom resources included, cannot; and the plan counts what is lost', async () => {
    const widgets = definition('demo.example.com', 'Widget', [version('v1')]);
    const held = [inFar('demo.example.com/v1', 'Widget', 'w'), inFar('v1', 'Pod', 'a'), inFar('v1', 'Pod', 'b')];
    const plan = await mustPlan(fakeApi([space, widgets, ...held]), wanted);
    expect(plan.undo.reversible).toBe(false);
    expect(plan.pods.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(plan.warnings).toEqual([
      '2 Pod, 1 Widget in far are deleted with it and CANNOT be restored: only its labels and annotations can',
    ]);
  });

  it('what cannot be listed counts as something', async () => {
    const api = fakeApi([space]);
    api.script({
      on: request => request.verb === 'list' && request.kind === 'Secret',
      answer: failing('forbidden', 'no'),
    });
    const plan = await mustPlan(api, wanted);
    expect(plan.undo.reversible).toBe(false);
    expect(plan.warnings).toEqual(['what far holds of these cannot be listed: Secret']);
  });
});

it('the effect is pending while it is Terminating, and proven when it is gone', async () => {
  const api = fakeApi([withMeta(space, { finalizers: ['kubernetes'] })]);
  const plan = await inject(api, wanted);
  expect(await effectOf(api, wanted, plan)).toMatchObject({ state: 'pending' });
  api.forget(FAR);
  expect(await effectOf(api, wanted, plan)).toMatchObject({ state: 'proven' });
});

it('NSD-5: a deletion without an answer leaves the backup', async () => {
  const api = fakeApi([space]);
  const plan = await mustPlan(api, wanted);
  const answer = failing('unreachable', 'connection reset');
  api.script({ on: request => request.verb === 'delete', answer, when: 'after', times: 9 });
  api.script({ on: request => request.verb === 'get', answer, times: 99 });
  expect(await sendAll(api, plan.writes)).toMatchObject({ state: 'unknown', undone: [] });
  expect(api.peek({ apiVersion: 'v1', ...BACKUP })).toBeDefined();
});

describe('restoring', () => {
  it('brings labels and annotations back', async () => {
    const api = fakeApi([space]);
    const before = api.all().map(comparable);
    await inject(api, wanted);
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({
      outcome: 'reverted',
      verified: true,
      message: expect.stringContaining('cannot be restored'),
    });
    expect(api.all().map(comparable)).toEqual(before);
  });

  it('NSD-3: waits for one that is Terminating, and says for what it waits', async () => {
    const api = fakeApi([withMeta(space, { finalizers: ['kubernetes'] })]);
    await inject(api, wanted);
    api.change(FAR, object => {
      object.status = { conditions: [{ status: 'True', message: 'Some resources are remaining' }] };
    });
    const restore = await restoreOf(api, 'NamespaceDeletion', BACKUP);
    expect(restore).toMatchObject({
      is: 'restore',
      writes: [],
      says: expect.stringContaining('Some resources are remaining'),
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(api.peek({ apiVersion: 'v1', ...BACKUP })).toBeDefined();
  });

  it('one that was never deleted keeps what was changed since, and only its backup goes', async () => {
    const api = fakeApi([space]);
    const { writes } = await mustPlan(api, wanted);
    await sendAll(api, writes.slice(0, 1));
    api.change(FAR, ({ metadata }) => {
      metadata.annotations = { owner: 'c' };
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'already-restored', verified: true }]);
    expect(api.all().map(({ metadata }) => metadata.annotations)).toEqual([{ owner: 'c' }]);
  });

  it('NSD-7: one that cannot be read is not created', async () => {
    const api = fakeApi([space]);
    await inject(api, wanted);
    api.script({ on: request => request.kind === 'Namespace', answer: failing('forbidden', 'no'), times: 9 });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(api.all().map(({ kind }) => kind)).toEqual(['ConfigMap']);
  });

  it('one made anew without its labels is shown', async () => {
    const api = fakeApi([space]);
    await inject(api, wanted);
    api.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'far', labels: { team: 'b', more: 'x' } } });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged' }]);
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(({ metadata }) => metadata.labels)).toEqual([
      { team: 'a', more: 'x', 'kubernetes.io/metadata.name': 'far' },
    ]);
  });

  it('NSD-6: what the platform gives out is not claimed again', async () => {
    const given = { 'openshift.io/sa.scc.uid-range': '1000650000/10000' };
    const api = fakeApi([withMeta(space, { annotations: given })]);
    await inject(api, wanted);
    await revertEverything(api);
    expect(api.peek(FAR)?.metadata.annotations).toEqual({ owner: 'b' });
  });

  it('an empty record is one of a namespace without any', async () => {
    const api = fakeApi([backup({ labels: 'null', annotations: 'null' })]);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(comparable)).toEqual([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'far' } }]);
  });

  it.each([
    ['no JSON', { labels: '{', annotations: 'null' }],
    ['a list', { labels: '[]', annotations: 'null' }],
    ['numbers', { labels: '{"a":1}', annotations: 'null' }],
    ['nothing', { labels: '{}' }],
    ['another namespace', { labels: '{"kubernetes.io/metadata.name":"kube-system"}', annotations: 'null' }],
  ])('a backup that holds %s is left as it is', async (_what, data) => {
    const api = fakeApi([backup(data as Record<string, string>)]);
    expect(await restoreOf(api, 'NamespaceDeletion', BACKUP)).toMatchObject({ is: 'corrupt' });
  });

  it('one of ours that was edited since is left as it is', async () => {
    const api = fakeApi([space]);
    await inject(api, wanted);
    api.change({ apiVersion: 'v1', ...BACKUP }, object => {
      object.data = { labels: '{"pod-security.kubernetes.io/enforce":"privileged"}', annotations: 'null' };
    });
    expect(await restoreOf(api, 'NamespaceDeletion', BACKUP)).toMatchObject({ is: 'corrupt' });
  });

  it('one in a namespace where no chaos tool keeps it needs a person', async () => {
    const api = fakeApi([backup({ labels: '{}', annotations: '{}' }, 'tenant')]);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged', verified: false }]);
    expect(api.all()).toHaveLength(1);
  });
});
