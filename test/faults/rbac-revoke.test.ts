import { describe, expect, it } from 'vitest';
import type { Subject } from '../../src/injection/plan/subjects.ts';
import { ROLLBACK_DATA } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { podOf } from '../support/deployments.ts';
import { failing, fakeApi, type UserInfo } from '../support/fake-api.ts';
import { at, inShop, marked, UNFIT, withMeta } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const sa = (name: string, namespace = 'shop'): Subject => ({ kind: 'ServiceAccount', name, namespace });
const user = (name: string): Subject => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });
const group = (name: string): Subject => ({ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name });
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
const binding = (subjects: Subject[]): KubeObject =>
  inShop(RBAC, 'RoleBinding', 'web', { roleRef, ...(subjects.length === 0 ? {} : { subjects }) });
const role = inShop(RBAC, 'Role', 'reader', { rules: [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }] });
const web = binding([sa('web'), user('alice')]);
const revoke: Wanted = { type: 'RBACRevoke', parameters: { bindingName: 'web', bindingType: 'RoleBinding' } };
const WEB = { kind: 'RoleBinding', name: 'web' };
const theirs = (payload: Subject[], live: Subject[] = []) =>
  marked(binding(live), 'RBACRevoke', payload as unknown as { kind: string }[], 'as-given');

describe('what is refused', () => {
  it.each(UNFIT)('RB-1: %s', async (_what, meta, why) => {
    expect(await refusal(fakeApi([withMeta(web, meta)]), revoke)).toMatch(why);
  });

  it('RB-1: a binding without subjects', async () => {
    expect(await refusal(fakeApi([binding([])]), revoke)).toMatch(/^no-effect: /);
  });

  const asSelf: UserInfo = { username: 'system:serviceaccount:shop:mayday', groups: ['ops', 'system:authenticated'] };
  it.each<[string, Subject, UserInfo]>([
    ['a user', user('alice'), { username: 'alice', groups: [] }],
    ['a group of ours', group('ops'), asSelf],
    ['our ServiceAccount', sa('mayday'), asSelf],
    ['everybody', group('system:authenticated'), asSelf],
  ])('RB-5: a binding that gives us our own rights, as %s', async (_what, subject, self) => {
    const api = fakeApi([binding([sa('web'), subject])], { self });
    expect(await refusal(api, revoke)).toMatch(/^forbidden-target: .*without it the revert could be forbidden/);
  });

  it('RB-5: not one that is about others, nor where no binding decides about us', async () => {
    const another: UserInfo = { username: 'system:serviceaccount:other:web', groups: [] };
    expect(await mustPlan(fakeApi([web], { self: another }), revoke)).toMatchObject({ is: 'plan' });
    const master: UserInfo = { username: 'alice', groups: ['system:masters'] };
    expect(await mustPlan(fakeApi([web], { self: master }), revoke)).toMatchObject({ is: 'plan' });
  });

  it('RB-5: anything, while the cluster does not say who we are', async () => {
    expect(await refusal(fakeApi([web], { self: { username: '', groups: [] } }), revoke)).toMatch(/^blind: /);
    const api = fakeApi([web]);
    api.script({ on: request => request.kind === 'SelfSubjectReview', answer: failing('not-found', 'no such thing') });
    expect(await refusal(api, revoke)).toMatch(/^blind: .*no such thing/);
  });
});

describe('the plan', () => {
  const running = (name: string, serviceAccountName: string | undefined, namespace = 'shop') => {
    const pod = podOf('web', name);
    const spec = serviceAccountName === undefined ? {} : { serviceAccountName };
    return { ...pod, metadata: { ...pod.metadata, namespace }, spec };
  };
  const pods = [running('a', 'web'), running('b', undefined), running('c', 'web', 'other'), running('d', 'api')];

  it.each<[string, Subject[], string[]]>([
    ['of a ServiceAccount', [sa('web')], ['a']],
    ['of the one that pods have by default', [sa('default')], ['b']],
    ['of accounts in two namespaces, each once', [sa('web'), sa('web'), sa('web', 'other')], ['a', 'c']],
    ['of all accounts of a namespace', [group('system:serviceaccounts:shop')], ['a', 'b', 'd']],
    ['of all accounts', [group('system:serviceaccounts')], ['a', 'b', 'c', 'd']],
    ['of people: none', [user('alice'), group('ops')], []],
  ])('counts the pods %s', async (_what, subjects, names) => {
    const plan = await mustPlan(fakeApi([binding(subjects), ...pods]), revoke);
    expect(plan.pods.map(pod => pod.name).sort()).toEqual(names);
  });

  it('RB-4: asks for the right to bind the role, both ways', async () => {
    const { permissions } = await mustPlan(fakeApi([web]), revoke);
    const bind = { verb: 'bind', group: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader', namespace: 'shop' };
    expect(permissions).toContainEqual({ ...bind, for: 'inject' });
    expect(permissions).toContainEqual({ ...bind, for: 'revert' });
  });

  it('warns that a subject may be a person', async () => {
    expect((await mustPlan(fakeApi([web]), revoke)).warnings).toEqual([expect.stringContaining('User alice')]);
  });
});

describe('the effect', () => {
  it('is proven by the authoriser’s no, not by the empty list', async () => {
    const api = fakeApi([web, role]);
    const plan = await inject(api, revoke);
    expect(await effectOf(api, revoke, plan)).toMatchObject({ state: 'pending' });
    api.deny(asked => asked.user === 'system:serviceaccount:shop:web' && asked.subresource === 'log');
    const effect = await effectOf(api, revoke, plan);
    expect(effect.state).toBe('proven');
    expect(effect.evidence).toContain('ServiceAccount shop/web may no longer get pods');
    expect(effect.evidence).toContain(
      'User alice may still get pods: another binding allows it, or the API server has not seen the change yet',
    );
  });

  it('stays open where the role or the review cannot be read', async () => {
    const api = fakeApi([web]);
    const plan = await inject(api, revoke);
    expect(await effectOf(api, revoke, plan)).toMatchObject({ state: 'pending' });
    api.put(role);
    api.script({ on: request => request.kind === 'SubjectAccessReview', times: 9, answer: failing('forbidden', 'no') });
    expect(await effectOf(api, revoke, plan)).toMatchObject({ state: 'pending' });
  });

  it('is absent when subjects are back', async () => {
    const api = fakeApi([web, role]);
    const plan = await inject(api, revoke);
    api.change(at(web), object => {
      object.subjects = [sa('web')];
    });
    expect(await effectOf(api, revoke, plan)).toMatchObject({ state: 'absent' });
  });
});

describe('restoring', () => {
  it('gives all subjects back, in their order', async () => {
    const api = fakeApi([web]);
    const before = api.all().map(comparable);
    await inject(api, revoke);
    expect(api.peek(at(web))?.subjects).toBeUndefined();
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(comparable)).toEqual(before);
  });

  it('RB-3: never marks a binding so that the framework’s cleaner would delete it', async () => {
    const api = fakeApi([web]);
    await inject(api, revoke);
    expect(api.peek(at(web))?.metadata.labels).not.toHaveProperty(['app.kubernetes.io/managed-by']);
  });

  it('RB-2: asks where the operator has put in others', async () => {
    const api = fakeApi([theirs([sa('web')], [sa('other')])]);
    expect(await restoreOf(api, 'RBACRevoke', WEB)).toMatchObject({
      is: 'diverged',
      original: 'ServiceAccount shop/web',
      live: 'ServiceAccount shop/other',
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged' }]);
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.peek(at(web))?.subjects).toEqual([sa('web')]);
  });

  it('RB-2: keeps further subjects where the originals are back', async () => {
    const api = fakeApi([theirs([sa('web')], [sa('late'), sa('web')])]);
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'already-restored', verified: true });
    expect(receipt?.message).toContain('all its former subjects again, and ServiceAccount shop/late beside them');
    expect(api.peek(at(web))?.subjects).toEqual([sa('late'), sa('web')]);
  });

  it('RB-1: does not take an empty record on an empty binding for a success', async () => {
    const applied = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ subjects: [sa('web')] }) };
    const api = fakeApi([withMeta(theirs([]), { annotations: applied })]);
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'diverged', verified: false });
    expect((await restoreOf(api, 'RBACRevoke', WEB)).says).toContain('ServiceAccount shop/web were last applied');
    expect(api.peek(at(web))?.metadata.annotations?.[ROLLBACK_DATA]).toBeDefined();
  });

  it.each<[string, unknown[]]>([
    ['a subject without a name', [{ kind: 'User' }]],
    ['a kind that is none', [{ kind: 'Pod', name: 'x' }]],
    ['texts', ['alice']],
  ])('leaves everything as it is where the record holds %s', async (_what, payload) => {
    expect(await restoreOf(fakeApi([theirs(payload as Subject[])]), 'RBACRevoke', WEB)).toMatchObject({
      is: 'corrupt',
    });
  });

  it('RB-6: reads again when somebody wrote in between', async () => {
    const api = fakeApi([web]);
    await inject(api, revoke);
    let raced = false;
    api.script({
      on: request => {
        if (request.verb === 'patch' && !raced) {
          raced = true;
          api.change(at(web), object => {
            object.metadata.labels = { ...object.metadata.labels, note: 'new' };
          });
        }
        return false;
      },
      answer: failing('conflict', 'never given'),
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.peek(at(web))).toMatchObject({
      subjects: [sa('web'), user('alice')],
      metadata: { labels: { note: 'new' } },
    });
  });
});
