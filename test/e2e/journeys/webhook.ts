import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import { verdictOf } from './mayday.ts';
import { drift, type FaultSpec, lasting, type Thing } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

/** Admission stands in the way: its webhook has nobody behind it. */
export function webhookJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('a webhook that is down', () => {
    test('keeps an injection out: one line why, nothing written, exit 8', async ({ stage }) => {
      await stage.set();
      await stage.apply(guard(stage, 'Fail'));
      await untilRefused(stage);
      const before = lasting(await stage.read('configmap', 'settings'));
      const ended = await stage.run(drift).ended;
      expect(verdictOf(ended)).toMatchObject({ verdict: 'Inconclusive', residue: 0 });
      expect(verdictOf(ended).reasons[0]).toMatch(/not injected: .*failed calling webhook "guard\.e2e\.mayday\.test"/);
      expect(ended.code).toBe(8);
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
    });

    test('holds a revert up until it is mended; the revert goes on by itself', async ({ stage }) => {
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      await killedRun(stage);
      await stage.apply(guard(stage, 'Fail'));
      await untilRefused(stage);
      const revert = stage.start(['-o', 'json', 'revert', '--all', '--yes']);
      await sleep(3_000);
      expect((await stage.read('configmap', 'settings')).data.mode).toBe('chaos');
      await stage.kubectl('delete', 'validatingwebhookconfiguration', guardName(stage));
      const ended = await revert.ended;
      expect(JSON.parse(ended.stdout)).toMatchObject({
        receipts: [{ outcome: 'reverted', verified: true }],
        remaining: 0,
      });
      expect(ended.code).toBe(0);
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
      await stage.mayday(['latch', 'off']);
    });

    test('by our own injection is reverted first, and what it kept from being reverted after it', async ({ stage }) => {
      await stage.set();
      await stage.apply(guard(stage, 'Ignore'));
      const settings = lasting(await stage.read('configmap', 'settings'));
      const hook = lasting(await stage.read('validatingwebhookconfiguration', guardName(stage)));
      await killedRun(stage);
      await killedRun(stage, slam(stage));
      await untilRefused(stage);
      const ended = await stage.mayday(['-o', 'json', 'revert', '--all', '--yes']);
      const { receipts, remaining } = JSON.parse(ended.stdout);
      expect(receipts.map((each: Thing) => [each.type, each.outcome, each.verified])).toEqual([
        ['WebhookDisrupt', 'reverted', true],
        ['ConfigDrift', 'reverted', true],
      ]);
      expect({ remaining, code: ended.code }).toEqual({ remaining: 0, code: 0 });
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(settings);
      expect(lasting(await stage.read('validatingwebhookconfiguration', guardName(stage)))).toEqual(hook);
      await stage.mayday(['latch', 'off']);
    });
  });
}

export const guardName = ({ namespace }: Stage): string => `guard-${namespace}`;

/** Asks a Service that is not there about every change of a ConfigMap in the stage's namespace. */
export const guard = (stage: Stage, failurePolicy: 'Fail' | 'Ignore'): Thing => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: guardName(stage) },
  webhooks: [
    {
      name: 'guard.e2e.mayday.test',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      timeoutSeconds: 2,
      failurePolicy,
      clientConfig: { service: { name: 'nobody', namespace: stage.namespace, path: '/' } },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': stage.namespace } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['UPDATE'] }],
    },
  ],
});

const slam = (stage: Stage): FaultSpec => ({
  type: 'WebhookDisrupt',
  danger: 'high',
  clusterScoped: true,
  parameters: {
    webhookName: guardName(stage),
    webhookType: 'validating',
    action: 'setFailurePolicy',
    value: 'Fail',
  },
});

/** Webhook configurations reach the API server's admission through a watch of its own. */
async function untilRefused(stage: Stage): Promise<void> {
  for (let n = 0; n < 100; n += 1) {
    const tried = await stage
      .kubectl('annotate', 'configmap', 'settings', '--overwrite', '--dry-run=server', `try=${n}`)
      .catch(String);
    if (tried.includes('failed calling webhook')) return;
    await sleep(100);
  }
  throw new Error('the webhook never refused');
}
