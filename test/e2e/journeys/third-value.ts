import { describe, expect } from 'vitest';
import { systemClock } from '../../../src/host/clock.ts';
import { connect } from '../../../src/kube/connection/connection.ts';
import { eventually } from '../../cluster/eventually.ts';
import { type Mutation, startMutatingServer } from '../../support/mutating-server.ts';
import type { Provider } from '../providers/provider.ts';
import { bend, withGauge } from './does-not-hold.ts';
import { killedRun } from './emergency.ts';
import { drift, type FaultSpec, lasting, type Thing } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

interface Case {
  readonly faultSpec: FaultSpec;
  readonly kind: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly mutation: Mutation;
  readonly original: string;
}

const IMAGE = 'registry.k8s.io/pause:3.10';
const CASES: readonly Case[] = [
  {
    faultSpec: drift,
    ...{ apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', original: 'live' },
    mutation: { pointer: '/data/mode', from: 'live', to: 'third' },
  },
  {
    faultSpec: bend,
    ...{ apiVersion: 'e2e.example.com/v1', kind: 'Gauge', name: 'mine', original: '5' },
    mutation: { pointer: '/spec/size', from: 5, to: 33 },
  },
  {
    faultSpec: { type: 'ImageCorrupt', danger: 'high', parameters: { name: 'web' } },
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', original: IMAGE },
    mutation: { pointer: '/spec/template/spec/containers/0/image', from: IMAGE, to: 'registry.k8s.io/pause:3.9' },
  },
];

/** Somebody makes a third value of the original whenever it is put back. */
export function thirdValueJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe.each(CASES)('$faultSpec.type whose original somebody makes a third value of', one => {
    test('a mutating webhook: failed, not forgotten, and back once the webhook is gone', async ({ stage }) => {
      const before = await injected(stage, one);
      const server = await startMutatingServer(one.mutation);
      await stage.apply(webhook(stage, server));
      await eventually('the webhook', () => changesTheOriginal(stage, one));
      await isRefused(stage, one, 'the server itself');
      await stage.kubectl('delete', 'mutatingwebhookconfiguration', `third-${stage.namespace}`);
      await eventually('the webhook to be gone', async () => !(await changesTheOriginal(stage, one)));
      await server.close();
      await isRestored(stage, one, before);
    });

    test('a program that writes in a loop: failed, not forgotten, and back once the loop is over', async ({
      stage,
    }) => {
      const before = await injected(stage, one);
      const loop = await startLoop(stage, one);
      await isRefused(stage, one, 'quarreller');
      await loop.stop();
      await isRestored(stage, one, before);
    });
  });
}

async function injected(stage: Stage, { faultSpec, kind, name }: Case): Promise<Thing> {
  await stage.set();
  if (kind === 'Gauge') await withGauge(stage);
  const before = lasting(await stage.read(kind, name));
  await killedRun(stage, faultSpec);
  return before;
}

const revert = (stage: Stage, what = '--all') =>
  stage.mayday(['-o', 'json', '-n', stage.namespace, 'revert', what, '--yes', '--force-diverged']);

/** Twice, all and then this one by its id: the first revert must leave what the second one needs. */
async function isRefused(stage: Stage, { mutation, original }: Case, by: string): Promise<void> {
  let what = '--all';
  for (let tries = 1; tries <= 2; tries += 1) {
    const ended = await revert(stage, what);
    const { receipts, remaining } = JSON.parse(ended.stdout);
    expect({ remaining, code: ended.code }).toEqual({ remaining: 1, code: 7 });
    expect(receipts).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(receipts[0].notHeld.original).toContain(original);
    expect(receipts[0].notHeld.live).toContain(String(mutation.to));
    expect(receipts[0].notHeld.by).toContain(by);
    expect(receipts[0].message).toContain('--force-diverged then restores the original over the current value');
    what = receipts[0].id;
  }
}

async function isRestored(stage: Stage, { kind, name }: Case, before: Thing): Promise<void> {
  const ended = await revert(stage);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    receipts: [{ outcome: 'reverted', verified: true }],
    remaining: 0,
  });
  expect(ended.code).toBe(0);
  expect(lasting(await stage.read(kind, name))).toEqual(before);
  await stage.mayday(['latch', 'off']);
}

/** Hands every update of the stage's objects to that server. */
export const webhook = (stage: Stage, { url, caBundle }: { url: string; caBundle: string }): Thing => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: `third-${stage.namespace}` },
  webhooks: [
    {
      name: 'third.e2e.mayday.test',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      clientConfig: { url, caBundle },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': stage.namespace } },
      rules: [
        {
          apiGroups: ['', 'apps', 'e2e.example.com'],
          apiVersions: ['v1'],
          resources: ['configmaps', 'deployments', 'gauges'],
          operations: ['UPDATE'],
        },
      ],
    },
  ],
});

/** Whether the API server would store another value than the original now. */
export async function changesTheOriginal(
  stage: Stage,
  { kind, name, mutation }: Pick<Case, 'kind' | 'name' | 'mutation'>,
): Promise<boolean> {
  const patch = JSON.stringify([{ op: 'replace', path: mutation.pointer, value: mutation.from }]);
  const words = ['patch', kind, name, '--type=json', '--dry-run=server', '-o', 'json', '-p', patch];
  return valueAt(JSON.parse(await stage.kubectl(...words)), mutation) === mutation.to;
}

const valueAt = (object: Thing, { pointer }: Mutation): unknown =>
  pointer
    .slice(1)
    .split('/')
    .reduce((at, step) => at?.[step], object);

/** Writes the third value as soon as it sees the original, over a connection of its own. */
async function startLoop(stage: Stage, { apiVersion, kind, name, mutation }: Case) {
  const connected = await connect({ kubeconfig: stage.provider.kubeconfig, clock: systemClock });
  if (!connected.ok) throw new Error(connected.message);
  const api = connected.value;
  const ref = { apiVersion, kind, namespace: stage.namespace, name };
  let isOver = false;
  const looping = (async () => {
    while (!isOver) {
      const got = await api.get(ref);
      if (!got.ok || valueAt(got.value, mutation) !== mutation.from) continue;
      const body = [{ op: 'replace', path: mutation.pointer, value: mutation.to as string | number }];
      await api.patch(ref, 'json', body, { fieldManager: 'quarreller' });
    }
  })();
  return {
    async stop() {
      isOver = true;
      await looping;
      await api.close();
    },
  };
}
