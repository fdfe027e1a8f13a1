import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { labelsOf, nameOfSubmission } from '../../src/submit/names.ts';
import { leftRights } from '../../src/submit/remove.ts';
import type { SubmissionState } from '../../src/submit/state.ts';
import { failing, fakeApi } from '../support/fake-api.ts';

const ENDED = '20261128-215349-3f9a2c';
const RUNNING = '20261128-215350-3f9a2d';
const GONE = '20261128-215351-3f9a2e';

const account = (id: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: nameOfSubmission(id), namespace: 'chaos', labels: labelsOf(id) },
});
const state = (id: string, more: Partial<SubmissionState> = {}): SubmissionState => ({
  id,
  namespace: 'chaos',
  results: [],
  pods: [],
  work: 'Job',
  blind: [],
  ...more,
});
const ended = state(ENDED, { ended: { ok: true, says: 'Complete' } });
const running = state(RUNNING);
const cluster = () => fakeApi([ENDED, RUNNING, GONE].map(account));

test('rights are left of what has ended, and of what is gone where all submissions were read', async () => {
  const { left } = await leftRights(cluster(), [ended, running], true);
  expect([...left]).toEqual([
    [ENDED, 1],
    [GONE, 1],
  ]);
});

test('a submission of a namespace that was not read is not said to have ended', async () => {
  const { left } = await leftRights(cluster(), [ended], false);
  expect([...left]).toEqual([[ENDED, 1]]);
});

test('kinds of rights that cannot be read are named', async () => {
  const api = cluster();
  const confined: Api = {
    ...api,
    listAll: (collection, options) =>
      collection.kind === 'ClusterRoleBinding'
        ? Promise.resolve(failing('forbidden', 'may not list'))
        : api.listAll(collection, options),
  };
  expect((await leftRights(confined, [ended], true)).blind).toEqual(['ClusterRoleBindings: may not list']);
});
