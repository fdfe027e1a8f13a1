import { describe, expect, it } from 'vitest';
import { MANAGED_BY, MANAGER, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { at, inShop, UNFIT, withMeta } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, sendAll, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

/** The three types that keep a whole object and delete it, each with an object of its own. */
const secret = inShop('v1', 'Secret', 'it', {
  metadata: { labels: { app: 'web' } },
  type: 'Opaque',
  data: { a: 'Yg==' },
});
const lease = inShop('coordination.k8s.io/v1', 'Lease', 'it', { spec: { leaseDurationSeconds: 15 } });
const service = inShop('v1', 'Service', 'it', {
  metadata: { labels: { app: 'web' } },
  spec: {
    clusterIP: '10.0.0.7',
    clusterIPs: ['10.0.0.7'],
    selector: { app: 'web' },
    ports: [{ port: 80, nodePort: 30080 }],
  },
});
const SECRET: Wanted = { type: 'SecretDeletion', parameters: { name: 'it' } };
const LEASE: Wanted = { type: 'LeaderElectionDisrupt', parameters: { name: 'it' } };
const SERVICE: Wanted = { type: 'ResourceDeletion', parameters: { apiVersion: 'v1', kind: 'Service', name: 'it' } };
const ALL: readonly [string, Wanted, KubeObject, { kind: string; name: string }][] = [
  ['SecretDeletion', SECRET, secret, { kind: 'Secret', name: 'chaos-backup-secret-it' }],
  ['LeaderElectionDisrupt', LEASE, lease, { kind: 'ConfigMap', name: 'chaos-backup-lease-it' }],
  ['ResourceDeletion', SERVICE, service, { kind: 'Secret', name: 'chaos-backup-resource-service-it' }],
];
const lost = failing('unreachable', 'connection reset');

describe.each(ALL)('%s', (type, wanted, object, backup) => {
  const backupAt = { apiVersion: 'v1', namespace: 'shop', ...backup };

  it.each(UNFIT)('refuses %s', async (_what, meta, why) => {
    expect(await refusal(fakeApi([withMeta(object, meta)]), wanted)).toMatch(why);
  });

  it('refuses where its backup would stand on another object, whoever made that', async () => {
    const foreign = inShop('v1', backup.kind, backup.name);
    expect(await refusal(fakeApi([object, foreign]), wanted)).toMatch(/^forbidden-target: /);
    const left = withMeta(foreign, { labels: { [MANAGED_BY]: MANAGER, [TYPE_LABEL]: type } });
    expect(await refusal(fakeApi([object, left]), wanted)).toMatch(/^already-injected: .*only copy/);
  });

  it('plan and receipt say that what the object owned goes with it, and does not come back', async () => {
    const api = fakeApi([object]);
    const { warnings } = await mustPlan(api, wanted);
    expect(warnings.join('\n')).toContain('objects that have it as their owner are garbage-collected with it');
    await inject(api, wanted);
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
    expect(receipt?.message).toContain('objects that had it as their owner were garbage-collected with it');
  });

  it('writes the backup first, then deletes this very version of this very object', async () => {
    const api = fakeApi([object]);
    const plan = await mustPlan(api, wanted);
    const { uid, resourceVersion } = api.peek(at(object))?.metadata ?? {};
    expect(plan.writes).toMatchObject([
      { verb: 'create', on: backup, precondition: { absent: true } },
      { verb: 'delete', on: at(object), precondition: { uid, resourceVersion } },
    ]);
    expect(plan.undo).toMatchObject({ where: expect.stringContaining(backup.name), reversible: true });
    const needed = plan.permissions
      .filter(({ for: purpose }) => purpose === 'revert')
      .map(({ verb, kind }) => `${verb} ${kind}`);
    expect(needed).toEqual(expect.arrayContaining([`create ${object.kind}`, `delete ${backup.kind}`]));
  });

  it('does not delete what changed after it was kept, and takes the backup back', async () => {
    const api = fakeApi([object]);
    const plan = await mustPlan(api, wanted);
    api.change(at(object), ({ metadata }) => {
      metadata.labels = { newer: 'yes' };
    });
    expect(await sendAll(api, plan.writes)).toMatchObject({ state: 'conflict', left: [] });
    expect(api.all()).toHaveLength(1);
  });

  it('keeps the backup when the answer to the deletion is lost, however often', async () => {
    for (const when of ['before', 'after'] as const) {
      const api = fakeApi([object]);
      const plan = await mustPlan(api, wanted);
      api.script({
        on: request => request.verb === 'delete' && request.name === 'it',
        answer: lost,
        when,
        times: 9,
      });
      await sendAll(api, plan.writes);
      expect(api.peek(backupAt)).toBeDefined();
    }
  });

  it('keeps the backup when a deletion is refused after one that was not answered', async () => {
    const api = fakeApi([object]);
    const plan = await mustPlan(api, wanted);
    const isDelete = (request: { verb: string; name?: string }) => request.verb === 'delete' && request.name === 'it';
    api.script({ on: isDelete, answer: lost });
    api.script({ on: isDelete, answer: failing('forbidden', 'no') });
    expect(await sendAll(api, plan.writes)).toMatchObject({ state: 'unknown', undone: [] });
    expect(api.peek(backupAt)).toBeDefined();
  });

  it('takes the backup back when the deletion is refused at once', async () => {
    const api = fakeApi([object]);
    const plan = await mustPlan(api, wanted);
    api.script({
      on: request => request.verb === 'delete' && request.name === 'it',
      answer: failing('forbidden', 'no'),
    });
    expect(await sendAll(api, plan.writes)).toMatchObject({ state: 'failed', left: [] });
    expect(api.all().map(at)).toEqual([at(object)]);
  });

  it('has its effect when the object is gone, and no more when it is back', async () => {
    const api = fakeApi([object]);
    const plan = await inject(api, wanted);
    expect(await effectOf(api, wanted, plan)).toMatchObject({ state: 'proven' });
    api.put(object);
    expect(await effectOf(api, wanted, plan)).toMatchObject({ state: 'absent' });
    const held = fakeApi([withMeta(object, { finalizers: ['a/b'] })]);
    const pending = await inject(held, wanted);
    expect(await effectOf(held, wanted, pending)).toMatchObject({
      state: 'pending',
      evidence: expect.arrayContaining([expect.stringContaining('a/b')]),
    });
  });

  it('drops the backup only once the original is seen to be there', async () => {
    const api = fakeApi([object]);
    const before = api.all().map(comparable);
    await inject(api, wanted);
    const restore = await restoreOf(api, wanted.type, backup);
    expect(restore).toMatchObject({ is: 'restore', again: true, writes: [{ verb: 'create', on: at(object) }] });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(comparable)).toEqual(before);
  });

  it('keeps the backup while the object is only Terminating', async () => {
    const api = fakeApi([withMeta(object, { finalizers: ['a/b'] })]);
    await inject(api, wanted);
    expect(await restoreOf(api, wanted.type, backup)).toMatchObject({
      is: 'restore',
      writes: [],
      says: expect.stringContaining('a/b'),
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(api.peek(backupAt)).toBeDefined();
    api.forget(at(object));
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
  });

  it('keeps the backup where creating fails, or its answer is lost and the server cannot be read', async () => {
    const api = fakeApi([object]);
    await inject(api, wanted);
    api.script({ on: request => request.verb === 'create', answer: failing('forbidden', 'no') });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(api.peek(backupAt)).toBeDefined();
    api.script({ on: request => request.verb === 'create', answer: lost, when: 'after' });
    expect(await revertEverything(api)).toMatchObject([{ verified: true }]);
    expect(api.all().map(at)).toEqual([at(object)]);
  });

  it('leaves everything where the object cannot be read', async () => {
    const api = fakeApi([object]);
    await inject(api, wanted);
    api.script({
      on: request => request.verb === 'get' && request.name === 'it',
      answer: failing('forbidden', 'no'),
      times: 9,
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(api.peek(backupAt)).toBeDefined();
  });

  it('an object that was never deleted is left alone, whatever became of it', async () => {
    const api = fakeApi([object]);
    const plan = await mustPlan(api, wanted);
    await sendAll(api, plan.writes.slice(0, 1));
    api.change(at(object), ({ metadata }) => {
      metadata.labels = { newer: 'yes' };
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'already-restored', verified: true }]);
    expect(api.all().map(({ metadata }) => metadata.labels)).toEqual([{ newer: 'yes' }]);
  });

  it.each([
    ['drops an owner that is gone, and says so; the others come back', undefined],
    ['refers to an owner that was made anew by its uid of now, and says so', 'u-new'],
  ])('%s', async (_what, uid) => {
    const owner = inShop('apps/v1', 'Deployment', 'owner', { metadata: { uid: 'u-1' } });
    const other = inShop('apps/v1', 'StatefulSet', 'other', { metadata: { uid: 'u-2' } });
    const ownerReferences = [owner, other].map(({ apiVersion, kind, metadata }) => ({
      apiVersion,
      kind,
      name: metadata.name,
      uid: metadata.uid ?? '',
    }));
    const api = fakeApi([owner, other, withMeta(object, { ownerReferences })]);
    await inject(api, wanted);
    api.forget(at(owner));
    if (uid !== undefined) api.put(withMeta(owner, { uid }));
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ verified: true, message: expect.stringContaining('Deployment owner (uid u-1)') });
    const again = ownerReferences.slice(0, 1).flatMap(reference => (uid === undefined ? [] : [{ ...reference, uid }]));
    expect(api.peek(at(object))?.metadata.ownerReferences).toEqual([...again, ...ownerReferences.slice(1)]);
  });

  it('waits where an owner cannot be read', async () => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'owner', uid: 'u-1' }];
    const api = fakeApi([withMeta(object, { ownerReferences })]);
    await inject(api, wanted);
    api.script({ on: request => request.kind === 'Deployment', answer: failing('forbidden', 'no'), times: 9 });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'failed' }]);
    expect(api.peek(backupAt)).toBeDefined();
  });
});

describe('parameters.namespace', () => {
  it.each([
    ['SecretDeletion', SECRET, secret],
    ['ResourceDeletion', SERVICE, service],
  ])('G-5: %s never leaves the allowed namespaces', async (_type, wanted, object) => {
    const far = { ...object, metadata: { ...object.metadata, namespace: 'far' } };
    const there = { ...wanted, parameters: { ...wanted.parameters, namespace: 'far' } };
    expect(await refusal(fakeApi([far]), there)).toMatch(/^outside-blast-radius: .*found far/);
    const plan = await mustPlan(fakeApi([far]), { ...there, scope: { allowed: ['shop', 'far'] } });
    expect(plan.writes.map(({ on }) => on.namespace)).toEqual(['far', 'far']);
  });
});

describe('a Secret', () => {
  it('counts the pods that mount it, read it, or pull with it', async () => {
    const pod = (name: string, spec: object) => inShop('v1', 'Pod', name, { spec });
    const pods = [
      pod('mounts', { volumes: [{ secret: { secretName: 'it' } }] }),
      pod('reads', { containers: [{ env: [{ valueFrom: { secretKeyRef: { name: 'it', key: 'a' } } }] }] }),
      pod('pulls', { imagePullSecrets: [{ name: 'it' }] }),
      pod('other', { volumes: [{ configMap: { name: 'it' } }] }),
    ];
    const plan = await mustPlan(fakeApi([secret, ...pods]), SECRET);
    expect(plan.pods.map(({ name }) => name)).toEqual(['mounts', 'reads', 'pulls']);
  });

  it('SEC-7: one made anew with other content is not the original', async () => {
    const api = fakeApi([secret]);
    await inject(api, SECRET);
    api.put({ ...secret, data: { a: 'Yg==', more: 'Yw==' } });
    const restore = await restoreOf(api, 'SecretDeletion', { kind: 'Secret', name: 'chaos-backup-secret-it' });
    expect(restore).toMatchObject({ is: 'diverged', live: expect.stringMatching(/^\(secret, /) });
    expect(JSON.stringify({ ...restore, writes: [] })).not.toContain('Yg==');
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged', verified: false }]);
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(({ data }) => data)).toEqual([{ a: 'Yg==' }]);
  });

  it('one made anew with the same content is', async () => {
    const api = fakeApi([secret]);
    await inject(api, SECRET);
    api.put(withMeta(secret, { labels: { more: 'yes' } }));
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'already-restored', verified: true }]);
  });

  const owner = inShop('v1', 'ConfigMap', 'owner', { metadata: { uid: 'u-owner' } });
  const owned = { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'u-owner' }] };
  it.each<[string, Partial<KubeObject['metadata']>]>([
    ['owner references', owned],
    ['finalizers', { finalizers: ['example.com/keep'] }],
  ])('one made anew by hand without its %s is not the original, which comes back by force', async (what, meta) => {
    const api = fakeApi([owner, withMeta(secret, meta)]);
    await inject(api, SECRET);
    api.put(secret);
    expect(await revertEverything(api)).toMatchObject([
      {
        outcome: 'diverged',
        verified: false,
        message: expect.stringMatching(
          `differs from the original \\(${what}\\).*to keep the current value delete Secret .* by hand`,
        ),
      },
    ]);
    expect(api.all().map(({ metadata }) => metadata.name)).toContain('chaos-backup-secret-it');
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.peek(at(secret))?.metadata).toMatchObject(meta);
  });

  it('one made anew without a finalizer that Kubernetes adds by itself is the original', async () => {
    const api = fakeApi([withMeta(secret, { finalizers: ['service.kubernetes.io/load-balancer-cleanup'] })]);
    await inject(api, SECRET);
    api.put(secret);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'already-restored', verified: true }]);
  });

  it('SEC-6: one that no backup can hold', async () => {
    const large = { ...secret, data: { a: 'A'.repeat(1_048_576) } };
    expect(await refusal(fakeApi([large]), SECRET)).toMatch(/^invalid: .*too large/);
  });
});

describe('a Lease', () => {
  const held = {
    ...lease,
    spec: { holderIdentity: 'web-1_abc', leaseDurationSeconds: 15, leaseTransitions: 3, renewTime: 'x' },
  };

  it('counts the pod that holds it', async () => {
    const api = fakeApi([held, inShop('v1', 'Pod', 'web-1'), inShop('v1', 'Pod', 'web-2')]);
    expect((await mustPlan(api, LEASE)).pods.map(({ name }) => name)).toEqual(['web-1']);
    expect((await mustPlan(fakeApi([held]), LEASE)).warnings.join()).toContain('web-1_abc is not a pod of shop');
  });

  it('comes back free for the next holder', async () => {
    const api = fakeApi([held]);
    await inject(api, LEASE);
    await revertEverything(api);
    expect(api.peek(at(lease))?.spec).toEqual({ leaseDurationSeconds: 15, leaseTransitions: 3 });
  });

  it('that somebody leads by again is back, and LEA-4: who leads is told', async () => {
    const api = fakeApi([held]);
    const plan = await inject(api, LEASE);
    api.put({ ...lease, spec: { holderIdentity: 'web-2' } });
    expect((await effectOf(api, LEASE, plan)).evidence).toContain('held by web-2, 0 transitions');
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'already-restored', verified: true });
    expect(receipt?.message).toContain('created by its own controller');
    expect(api.peek(at(lease))?.spec).toEqual({ holderIdentity: 'web-2' });
  });
});
