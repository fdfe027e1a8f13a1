import { expect, test } from 'vitest';
import { faultOf } from '../../src/faults/registry.ts';
import { writeEnvelope } from '../../src/injection/record/envelope.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';

const BLOCK = 'chaos.operatorchaos.io/block';

/** Names of RBAC objects may hold every character but `/` and `%`. */
const role = (name: string): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: {
    name,
    namespace: 'shop',
    labels: { 'chaos.operatorchaos.io/type': 'FinalizerBlock', 'app.kubernetes.io/managed-by': 'operator-chaos' },
    annotations: { 'chaos.operatorchaos.io/rollback-data': writeEnvelope({ finalizer: BLOCK }) },
    finalizers: [BLOCK],
  },
  rules: [],
});

test('two names that look the same are two injections: neither receipt stands for the other', async () => {
  const clock = fakeClock();
  const api = fakeApi([role('te\u200bam'), role('team')], { now: clock.now });
  const deps = { api, clock, faultOf, journal: { append: async () => undefined } };
  const { injections } = await scan(deps, { deep: true });
  expect(new Set(injections.map(({ id }) => id)).size).toBe(2);
  expect(injections.map(({ id }) => id)).toContain('FinalizerBlock:shop/Role.rbac.authorization.k8s.io/team');
  api.script({
    on: ({ verb, name }) => verb === 'patch' && name === 'team',
    times: Number.POSITIVE_INFINITY,
    answer: failing('forbidden', 'no'),
  });
  const { receipts, remaining } = await revertAll(deps, injections);
  expect(receipts.map(({ object, verified }) => [object.name, verified]).toSorted()).toEqual([
    ['team', false],
    ['te\u200bam', true],
  ]);
  expect(remaining).toBe(1);
});
