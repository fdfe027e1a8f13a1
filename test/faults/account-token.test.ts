import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/k8s/object.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { at, inShop } from '../support/objects.ts';
import { inject, mustPlan, type Wanted } from '../support/plans.ts';
import { revertEverything } from '../support/revert.ts';

const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';
const account = (uid: string) => inShop('v1', 'ServiceAccount', 'builder', { metadata: { uid } });
const BACKUP = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'chaos-backup-secret-it' };
const filled = (uid: string, token: string): KubeObject =>
  inShop('v1', 'Secret', 'it', {
    metadata: { annotations: { [NAME]: 'builder', [UID]: uid, team: 'a' } },
    type: 'kubernetes.io/service-account-token',
    data: { token, 'ca.crt': 'Y2E=', namespace: 'c2hvcA==', extra: 'aGVsbG8=' },
  });
const secret = filled('uid-1', 'b2xk');
const DELETED: Wanted = { type: 'SecretDeletion', parameters: { name: 'it' } };

/** A cluster with the token Secret deleted by us, in which `fills` is what the token controller makes of a new one. */
async function deleted(fills?: (created: KubeObject) => void) {
  const api = fakeApi([account('uid-1'), secret]);
  await inject(api, DELETED);
  let isNew = false;
  return {
    ...api,
    async create(...args: Parameters<typeof api.create>) {
      const answer = await api.create(...args);
      isNew = args[0].metadata.name === 'it';
      return answer;
    },
    async get(...args: Parameters<typeof api.get>) {
      const answer = await api.get(...args);
      // The controller comes a moment after the Secret was first seen.
      if (isNew && fills && args[0].name === 'it') {
        isNew = false;
        api.change(at(secret), fills);
      }
      return answer;
    },
  };
}

const fillsFor = (uid: string) => (created: KubeObject) => {
  created.metadata.annotations = { ...created.metadata.annotations, [UID]: uid };
  created.data = { token: 'bmV3', 'ca.crt': 'Y2E=', namespace: 'c2hvcA==', ...(created.data as object) };
};

describe('a Secret with the token of a ServiceAccount', () => {
  it('comes back whole where the account is still the same one', async () => {
    const api = await deleted();
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
    expect(receipt?.message).not.toContain('token');
    expect(api.peek(at(secret))).toMatchObject({ data: secret.data, metadata: { annotations: { [UID]: 'uid-1' } } });
  });

  it('of an account that was made anew comes back with a new token, is verified only once that is there, and the receipt says so', async () => {
    const api = await deleted(fillsFor('uid-2'));
    api.put(account('uid-2'));
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
    expect(receipt?.message).toMatch(
      /again, with a new token, since ServiceAccount shop\/builder was created again: the former/,
    );
    expect(receipt?.message).not.toContain('b2xk');
    expect(api.peek(at(secret))).toMatchObject({
      metadata: { annotations: { team: 'a', [UID]: 'uid-2' } },
      data: { token: 'bmV3', extra: 'aGVsbG8=' },
    });
    expect(api.peek(BACKUP)).toBeUndefined();
  });

  it('that the cluster never fills is not called verified, and the backup stays', async () => {
    const api = await deleted();
    api.put(account('uid-2'));
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'failed', verified: false });
    expect(receipt?.message).toContain(
      'exists again, but the cluster has not put a token of ServiceAccount shop/builder',
    );
    expect(api.peek(BACKUP)).toBeDefined();
  });

  it('whose account is gone is not created, which the cluster would undo: the receipt says what to do first', async () => {
    const api = await deleted();
    api.remove(at(account('uid-1')));
    const before = api.log.length;
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'failed', verified: false });
    expect(receipt?.message).toContain('ServiceAccount shop/builder is not there');
    expect(receipt?.message).toContain('create that one first, then revert again');
    expect(api.log.slice(before).filter(({ verb }) => verb !== 'get')).toEqual([]);
  });

  it('whose account cannot be read is left as it is', async () => {
    const api = await deleted();
    api.script({
      on: ({ name }) => name === 'builder',
      answer: failing('forbidden', 'no'),
      times: 100,
    });
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'failed', verified: false });
    expect(receipt?.message).toContain(
      'whether ServiceAccount shop/builder, whose token it holds, is there cannot be read',
    );
  });

  it('that somebody made for the new account meanwhile counts as back, with the same word about its token', async () => {
    const api = await deleted();
    api.put(account('uid-2'));
    api.put(filled('uid-2', 'bmV3'));
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'already-restored', verified: true });
    expect(receipt?.message).toContain('exists again, with a new token');
  });

  it('needs a look at its account, and the plan says so', async () => {
    const plan = await mustPlan(fakeApi([account('uid-1'), secret]), DELETED);
    const look = { verb: 'get', group: '', kind: 'ServiceAccount', namespace: 'shop', name: 'builder', for: 'revert' };
    expect(plan.permissions).toContainEqual(look);
  });
});

describe('a ServiceAccount', () => {
  it('comes back under a new uid: plan and receipt say that its tokens do not', async () => {
    const api = fakeApi([account('uid-1')]);
    const parameters = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'builder' };
    const plan = await mustPlan(api, { type: 'ResourceDeletion', parameters });
    expect(plan.warnings.join('\n')).toContain('its token Secrets are deleted with it and are not restored');
    await inject(api, { type: 'ResourceDeletion', parameters });
    const [receipt] = await revertEverything(api);
    expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
    expect(receipt?.message).toContain('tokens of the former ServiceAccount are not valid any more');
  });
});
