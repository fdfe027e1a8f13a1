import { describe, expect, it } from 'vitest';
import { ROLLBACK_DATA } from '../../src/injection/record/markers.ts';
import type { KubeObject, OwnerReference } from '../../src/k8s/object.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { at, inShop, marked, UNFIT, withMeta } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const owner = (name: string, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name,
  uid: `uid-${name}`,
  ...more,
});
const deployment = (name: string) => inShop('apps/v1', 'Deployment', name, { metadata: { uid: `uid-${name}` } });
const WEB = owner('web', { controller: true, blockOwnerDeletion: true });
const owned = inShop('v1', 'ConfigMap', 'it', { metadata: { ownerReferences: [WEB, owner('api')] }, data: { a: '1' } });
const orphan: Wanted = { type: 'OwnerRefOrphan', parameters: { apiVersion: 'v1', kind: 'ConfigMap', name: 'it' } };
const MAP = { kind: 'ConfigMap', name: 'it' };
const world = (...more: KubeObject[]) => fakeApi([owned, deployment('web'), deployment('api'), ...more]);
function anew(api: ReturnType<typeof fakeApi>, name: string, deletionTimestamp?: string): void {
  const made = deployment(name);
  const metadata = { ...made.metadata, uid: 'another', ...(deletionTimestamp ? { deletionTimestamp } : {}) };
  api.forget(at(made));
  api.put({ ...made, metadata });
}
const ownersOf = (api: ReturnType<typeof fakeApi>) =>
  api.peek(at(owned))?.metadata.ownerReferences?.map(({ name }) => name);

describe('what is refused', () => {
  it.each(UNFIT)('%s', async (_what, meta, why) => {
    expect(await refusal(fakeApi([withMeta(owned, meta)]), orphan)).toMatch(why);
  });

  it('an object without owners', async () => {
    expect(await refusal(fakeApi([inShop('v1', 'ConfigMap', 'it')]), orphan)).toMatch(/^no-effect: /);
  });
});

describe('the plan', () => {
  it('OWN-5: says what a deletion of the owner would mean, and asks for the right to look at owners', async () => {
    const plan = await mustPlan(world(), orphan);
    expect(plan.warnings[0]).toContain('Deployment web, Deployment api');
    expect(plan.permissions).toContainEqual({
      verb: 'get',
      group: 'apps',
      kind: 'Deployment',
      name: 'web',
      namespace: 'shop',
      for: 'revert',
    });
  });

  it('asks for the finalizers of an owner whose deletion it holds up, which OpenShift demands to give it back', async () => {
    const { permissions } = await mustPlan(world(), orphan);
    const on = { group: 'apps', kind: 'Deployment', namespace: 'shop', for: 'revert' };
    expect(permissions.filter(({ subresource }) => subresource !== undefined)).toEqual([
      { verb: 'update', subresource: 'finalizers', name: 'web', ...on },
    ]);
  });

  it('is proven as soon as no owner is left', async () => {
    const api = world();
    const plan = await inject(api, orphan);
    expect(await effectOf(api, orphan, plan)).toMatchObject({ state: 'proven' });
    api.change(at(owned), object => {
      object.metadata.ownerReferences = [WEB];
    });
    expect(await effectOf(api, orphan, plan)).toMatchObject({ state: 'absent' });
  });
});

describe('restoring', () => {
  it('puts all owners back as they were', async () => {
    const api = world();
    const before = api.all().map(comparable);
    await inject(api, orphan);
    expect(ownersOf(api)).toBeUndefined();
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(comparable)).toEqual(before);
  });

  it('OWN-1: refers to an owner that was created again by its new uid, and says so', async () => {
    const api = world();
    await inject(api, orphan);
    anew(api, 'web');
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
    expect(receipt?.message).toContain('the reference has the new uid: Deployment web (uid uid-web)');
    expect(api.peek(at(owned))?.metadata.ownerReferences).toEqual([{ ...WEB, uid: 'another' }, owner('api')]);
  });

  it('OWN-1: takes an owner that was made anew and owns the object already for the recorded one', async () => {
    const api = world();
    await inject(api, orphan);
    anew(api, 'web');
    const now = [{ ...WEB, uid: 'another' }, owner('api')];
    api.change(at(owned), object => {
      object.metadata.ownerReferences = now;
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'already-restored', verified: true }]);
    expect(api.peek(at(owned))?.metadata.ownerReferences).toEqual(now);
  });

  it.each([
    ['gone', (api: ReturnType<typeof fakeApi>) => api.forget(at(deployment('web')))],
    ['made anew and being deleted', (api: ReturnType<typeof fakeApi>) => anew(api, 'web', '2026-11-21T12:00:00Z')],
  ])('OWN-1: asks where an owner is %s, and shows what cannot come back', async (_what, lose) => {
    const api = world();
    await inject(api, orphan);
    lose(api);
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'diverged', verified: false });
    expect(receipt?.message).toContain('owner Deployment web (uid uid-web) of ConfigMap shop/it is gone');
    expect(receipt?.message).toContain('owners that still exist can be restored: Deployment api (uid uid-api)');
    expect(receipt?.message).toContain(
      'original Deployment web (uid uid-web), Deployment api (uid uid-api), injected (no owner), now (no owner)',
    );
    expect(receipt?.message).toContain('--force-diverged restores what can still be restored and removes the marks');
    expect(ownersOf(api)).toBeUndefined();
    expect(api.peek(at(owned))?.metadata.annotations?.[ROLLBACK_DATA]).toBeDefined();
    const [forced] = await revertEverything(api, { force: true });
    expect(forced).toMatchObject({ outcome: 'stripped', verified: true });
    expect(forced?.message).toContain(
      'everything is restored except owner Deployment web (uid uid-web), which is gone',
    );
    expect(ownersOf(api)).toEqual(['api']);
    expect(api.peek(at(owned))?.metadata.annotations).toBeUndefined();
  });

  it('OWN-1: puts nothing back where every owner is gone, and only takes the marks off by force', async () => {
    const api = world();
    await inject(api, orphan);
    for (const name of ['web', 'api']) api.forget(at(deployment(name)));
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged', verified: false }]);
    const [forced] = await revertEverything(api, { force: true });
    expect(forced).toMatchObject({ outcome: 'stripped', verified: true });
    expect(forced?.message).toContain('Deployment web (uid uid-web), Deployment api (uid uid-api)');
    expect(ownersOf(api)).toBeUndefined();
    expect(api.peek(at(owned))?.metadata.annotations).toBeUndefined();
  });

  it('OWN-1: keeps the record while owners cannot be read', async () => {
    const api = world();
    await inject(api, orphan);
    api.script({
      on: request => request.verb === 'get' && request.kind === 'Deployment',
      times: 99,
      answer: failing('forbidden', 'no'),
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(api.peek(at(owned))?.metadata.annotations).toBeDefined();
  });

  it('OWN-2: restores the others where the operator has put one back', async () => {
    const api = world();
    await inject(api, orphan);
    api.change(at(owned), object => {
      object.metadata.ownerReferences = [WEB, owner('late')];
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(ownersOf(api)).toEqual(['web', 'late', 'api']);
  });

  it('asks where another controller has adopted the object', async () => {
    const api = world();
    await inject(api, orphan);
    api.change(at(owned), object => {
      object.metadata.ownerReferences = [owner('rival', { controller: true })];
    });
    expect(await restoreOf(api, 'OwnerRefOrphan', MAP)).toMatchObject({ is: 'diverged' });
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(ownersOf(api)).toEqual(['web', 'api']);
  });

  it.each([
    ['no text', 7],
    ['no JSON', '[{'],
    ['no owners', '[]'],
    ['an owner without uid', '[{"apiVersion":"v1","kind":"Foo","name":"f"}]'],
  ])('leaves everything as it is where the record holds %s', async (_what, ownerReferences) => {
    const bare = inShop('v1', 'ConfigMap', 'it');
    const odd = marked(bare, 'OwnerRefOrphan', { apiVersion: 'v1', kind: 'ConfigMap', ownerReferences });
    expect(await restoreOf(fakeApi([odd]), 'OwnerRefOrphan', MAP)).toMatchObject({ is: 'corrupt' });
  });
});
