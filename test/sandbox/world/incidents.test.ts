import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/sandbox/controllers/kinds.ts';
import { BEHAVIOUR_ANNOTATION } from '../../../src/sandbox/kubelet/behaviour.ts';
import type { Application } from '../../../src/sandbox/operators/argocd.ts';
import { covers, healthOf } from '../../../src/sandbox/operators/argocd-sync.ts';
import { startTestWorld, type TestWorld } from './harness.ts';

const APPS = 'applications.argoproj.io';
const SERVICES = 'inferenceservices.serving.kserve.io';
const VALIDATING = 'validatingwebhookconfigurations.admissionregistration.k8s.io';

const app = (w: TestWorld, name: string) => {
  const { sync, health, conditions, operationState } = w.store.get<Application>(APPS, 'argocd', name)?.status ?? {};
  return {
    sync: sync?.status,
    health: health?.status,
    said: [conditions?.[0]?.message, operationState?.message].join(' '),
  };
};
const refresh = (w: TestWorld, name: string) =>
  w.admin.patch(APPS, 'argocd', name, 'merge', { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } });
const start = async (name: string) => {
  const w = startTestWorld(name);
  await w.pass(2000);
  return w;
};
const healthy = { sync: 'Synced', health: 'Healthy' };

describe('healthy', () => {
  it('has every Application synced, and stays so when refreshed', async () => {
    const w = await start('healthy');
    const resources = () => w.store.get<Application>(APPS, 'argocd', 'serving-stack')?.status.resources;
    const before = resources();
    for (const name of ['demo-iris-2', 'serving-stack']) {
      await refresh(w, name);
      await w.pass(2000);
      expect(app(w, name)).toMatchObject(healthy);
      expect(resources()).toEqual(before);
      expect(w.store.get(APPS, 'argocd', name)?.metadata.annotations).not.toHaveProperty([
        'argocd.argoproj.io/refresh',
      ]);
    }
  });
});

describe('webhook-no-endpoints', () => {
  it('is as the terminal showed it, and ends when the sidecar can be pulled', async () => {
    const w = await start('webhook-no-endpoints');
    const pod = w.store.list<Pod>('pods', 'kserve').find(p => p.metadata.name.startsWith('kserve-'));
    const containerStatuses = pod?.status?.containerStatuses ?? [];
    expect(containerStatuses.map(c => [c.name, c.ready, c.state.waiting?.reason])).toEqual([
      ['manager', true, undefined],
      ['kube-rbac-proxy', false, 'ImagePullBackOff'],
    ]);
    expect(
      w.store.list('events', 'kserve').some(e => /Failed to pull image .*403 Forbidden$/.test(String(e.message))),
    ).toBe(true);
    expect(app(w, 'ai-model-alpha').said).toContain(
      'no endpoints available for service "kserve-webhook-server-service"',
    );
    await refresh(w, 'ai-model-alpha');
    await w.pass(2000);
    expect(app(w, 'ai-model-alpha').sync).toBe('OutOfSync');

    const spec = { containers: [{ name: 'kube-rbac-proxy', image: 'quay.io/brancz/kube-rbac-proxy:v0.18.1' }] };
    await w.admin.patch('deployments.apps', 'kserve', 'kserve-controller-manager', 'strategic', {
      spec: { template: { spec } },
    });
    await w.pass(8000);
    await refresh(w, 'ai-model-alpha');
    await w.pass(2000);
    expect(app(w, 'ai-model-alpha')).toMatchObject(healthy);
  });
});

describe('crd-wiped', () => {
  it('has a younger, empty definition; a refresh brings the services back', async () => {
    const w = await start('crd-wiped');
    expect(w.store.list(SERVICES)).toEqual([]);
    const crd = w.store.get('customresourcedefinitions.apiextensions.k8s.io', undefined, SERVICES);
    const controller = w.store.get('deployments.apps', 'kserve', 'kserve-controller-manager');
    expect(Date.parse(crd?.metadata.creationTimestamp ?? '')).toBeGreaterThan(
      Date.parse(controller?.metadata.creationTimestamp ?? ''),
    );
    expect(app(w, 'demo-iris-2')).toMatchObject({ sync: 'OutOfSync', health: 'Missing' });
    await refresh(w, 'demo-iris-2');
    await w.pass(12_000, 500);
    expect(app(w, 'demo-iris-2')).toMatchObject(healthy);
    expect(w.store.list(SERVICES).map(o => o.metadata.name)).toEqual(['demo-iris-2']);
  });
});

describe('label-near-miss', () => {
  it('carries costCenter and is denied for cost-center, again and again', async () => {
    const w = await start('label-near-miss');
    expect(w.store.get(SERVICES, 'default', 'demo-iris-2')?.metadata.labels).toEqual({
      owner: 'platform-team',
      costCenter: 'ai-platform',
    });
    for (let i = 0; i < 2; i++) {
      expect(app(w, 'demo-iris-2')).toMatchObject({
        sync: 'OutOfSync',
        health: 'Degraded',
        said: expect.stringContaining('/metadata/labels/cost-center/'),
      });
      await refresh(w, 'demo-iris-2');
      await w.pass(2000);
    }
  });
});

describe('apps-unknown', () => {
  it('is Unknown while the repo server is down, and known after its pod is replaced', async () => {
    const w = await start('apps-unknown');
    expect(app(w, 'serving-stack')).toMatchObject({
      sync: 'Unknown',
      health: 'Unknown',
      said: expect.stringContaining('connection refused'),
    });
    expect(app(w, 'neuroscale-infrastructure')).toMatchObject(healthy);
    const spoiled = w.store
      .list('pods')
      .filter(p => Object.keys(p.metadata.annotations ?? {}).some(k => k.startsWith(BEHAVIOUR_ANNOTATION)));
    expect(spoiled.map(p => p.metadata.namespace)).toEqual(['argocd', 'kyverno', 'kyverno']);
    for (const pod of spoiled) await w.admin.delete('pods', pod.metadata.namespace, pod.metadata.name);
    await w.pass(10_000, 200);
    await refresh(w, 'serving-stack');
    await w.pass(2000);
    expect(app(w, 'serving-stack')).toMatchObject(healthy);
    expect(w.store.get('deployments.apps', 'kyverno', 'kyverno-admission-controller')?.status).toMatchObject({
      readyReplicas: 2,
    });
  });
});

describe('stale-webhook', () => {
  it('lets nothing of test-app in until the leftover configuration is gone', async () => {
    const w = await start('stale-webhook');
    expect(w.store.list('deployments.apps', 'default')).toEqual([]);
    expect(app(w, 'test-app')).toMatchObject({
      sync: 'Synced',
      health: 'Progressing',
      said: expect.stringContaining('validate.nginx.ingress.kubernetes.io'),
    });
    await refresh(w, 'test-app');
    await w.pass(2000);
    expect(app(w, 'test-app').said).toContain('service "ingress-nginx-controller-admission" not found');
    expect(w.store.list('deployments.apps', 'default')).toEqual([]);
    await w.admin.delete(VALIDATING, undefined, 'ingress-nginx-admission');
    await refresh(w, 'test-app');
    await w.pass(12_000, 500);
    expect(w.store.get('deployments.apps', 'default', 'nginx-test')?.status).toMatchObject({ readyReplicas: 1 });
    expect(app(w, 'test-app')).toMatchObject(healthy);
  });
});

describe('what Argo CD thinks', () => {
  it.each([
    [{ a: 1, b: { c: [1, { d: 2 }] }, more: 3 }, { b: { c: [1, { d: 2 }] } }, true],
    [{ a: [1, 2] }, { a: [1] }, false],
    [{ a: 1 }, { a: 2 }, false],
    [undefined, { a: 1 }, false],
  ])('%o covers %o: %s', (live, wanted, expected) => expect(covers(live, wanted)).toBe(expected));

  it('of health', () => {
    const of = (kind: string, type?: string) =>
      healthOf({
        apiVersion: 'v1',
        kind,
        metadata: { name: 'x', uid: 'x' },
        ...(type && { status: { conditions: [{ type, status: 'True' }] } }),
      });
    expect([
      of('Deployment', 'Available'),
      of('Deployment'),
      of('InferenceService', 'Ready'),
      of('ConfigMap'),
      healthOf(undefined),
    ]).toEqual(['Healthy', 'Progressing', 'Healthy', 'Healthy', 'Missing']);
  });
});
