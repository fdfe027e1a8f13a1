import { describe, expect, it } from 'vitest';
import { allowedIn } from '../../../src/injection/plan/allowed.ts';
import { webhookObjects } from '../../../src/injection/plan/webhook-objects.ts';
import type { NewObject } from '../../../src/sandbox/object.ts';
import { startTestWorld, type TestWorld } from './harness.ts';

const NAMESPACE = 'default';
const PLURAL = {
  Secret: 'secrets',
  Deployment: 'deployments.apps',
  Service: 'services',
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
} as Record<string, string>;

/** How much sandbox time an update of a ConfigMap takes, milliseconds in steps of 50. */
async function updateTakes(w: TestWorld): Promise<number> {
  const began = w.clock.now();
  let isDone = false;
  const change = { data: { at: String(began) } };
  const update = w.admin.patch('configmaps', NAMESPACE, 'settings', 'merge', change).then(() => {
    isDone = true;
  });
  while (!isDone && w.clock.now() - began < 60_000) await w.pass(50);
  await update;
  return w.clock.now() - began;
}

describe('a webhook that delays', () => {
  it('makes updates late once its pod is ready, and no longer than its server is behind the Service', async () => {
    const w = startTestWorld();
    await w.admin.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: NAMESPACE },
    });
    expect(await updateTakes(w)).toBeLessThan(1_000);
    const objects = webhookObjects({
      name: 'slow',
      namespace: NAMESPACE,
      namespaces: allowedIn({ namespace: NAMESPACE, count: 1 }),
      resources: ['configmaps'],
      apiGroups: [''],
      delay: '3s',
      image: 'mayday:latest',
      certificate: { certificate: 'none', key: 'none', authority: 'none' } as never,
    });
    for (const object of objects) await w.admin.create(PLURAL[object.kind] ?? '', object as NewObject);
    await w.pass(20_000);
    const late = await updateTakes(w);
    expect(late).toBeGreaterThanOrEqual(3_000);
    expect(late).toBeLessThan(5_000);
    await w.admin.patch('deployments.apps', NAMESPACE, 'slow', 'merge', { spec: { replicas: 0 } });
    await w.pass(40_000);
    expect(await updateTakes(w)).toBeLessThan(1_000);
  });
});
