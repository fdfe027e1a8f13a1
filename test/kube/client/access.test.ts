import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { type AccessQuestion, checkAccess, whoAmI } from '../../../src/kube/client/access.ts';
import type { Outcome } from '../../../src/kube/client/http/outcome.ts';
import { settle } from '../../support/manual-clock.ts';
import { fail } from '../fake-collection.ts';

const question = (verb: string, more: Partial<AccessQuestion> = {}): AccessQuestion => ({
  verb,
  group: '',
  resource: 'pods',
  ...more,
});

function server(answer: (review: KubeObject) => unknown) {
  const asked: KubeObject[] = [];
  const create = async (review: KubeObject): Promise<Outcome<KubeObject>> => {
    asked.push(review);
    await Promise.resolve();
    const status = answer(review);
    return status === undefined ? fail('unreachable') : { ok: true, status: 201, value: { ...review, status } };
  };
  return { api: { create }, asked };
}

describe('access', () => {
  it('is asked once for each question and answered in order', async () => {
    const { api, asked } = server(({ spec }) => {
      const { verb } = (spec as { resourceAttributes: AccessQuestion }).resourceAttributes;
      if (verb === 'watch') return undefined;
      return { allowed: verb === 'get', reason: verb === 'get' ? 'RBAC: \x1b[1mrole' : '' };
    });
    const answers = await checkAccess(api, [question('get'), question('delete'), question('get'), question('watch')]);
    expect(answers.map(answer => answer.allowed)).toEqual(['yes', 'no', 'yes', 'unknown']);
    expect(answers[0]?.reason).toBe('RBAC: role');
    expect(answers[1]).not.toHaveProperty('reason');
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatchObject({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
    });
  });

  it('can be asked for someone else', async () => {
    const { api, asked } = server(() => ({ allowed: false }));
    await checkAccess(api, [question('get')], { subject: { user: 'system:serviceaccount:a:b' } });
    expect(asked[0]).toMatchObject({
      kind: 'SubjectAccessReview',
      spec: { user: 'system:serviceaccount:a:b', groups: [] },
    });
  });

  it('never asks more than twelve at once, and asks all', async () => {
    let running = 0;
    let most = 0;
    const create = async (review: KubeObject): Promise<Outcome<KubeObject>> => {
      running += 1;
      most = Math.max(most, running);
      await settle(1);
      running -= 1;
      return { ok: true, status: 201, value: { ...review, status: { allowed: true } } };
    };
    const answers = await checkAccess(
      { create },
      Array.from({ length: 40 }, (_, index) => question('get', { namespace: `n${index}` })),
    );
    expect(most).toBe(12);
    expect(answers.every(answer => answer.allowed === 'yes')).toBe(true);
  });
});

describe('who am I', () => {
  it('is what the server says, made safe', async () => {
    const { api } = server(() => ({ userInfo: { username: 'al\x1b[2Jice', groups: ['a', 'b\u202e'], uid: '7' } }));
    expect(await whoAmI(api)).toMatchObject({ ok: true, value: { user: 'alice', groups: ['a', 'b'], uid: '7' } });
  });
  it('is a failure when it says nothing', async () => {
    expect(await whoAmI(server(() => ({})).api)).toMatchObject({ ok: false, reason: 'server-error' });
    expect(await whoAmI(server(() => undefined).api)).toMatchObject({ ok: false, reason: 'unreachable' });
  });
});
