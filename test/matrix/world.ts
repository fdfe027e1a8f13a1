import { systemClock } from '../../src/host/clock.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { WIDGETS } from '../support/recorded-live.ts';
import { HOOK, SCRATCH } from './faults.ts';

const RBAC = 'rbac.authorization.k8s.io';
const LABELS = { app: 'web' };
/** Somebody else's service in the same namespace. */
const NEIGHBOUR = { app: 'neighbour' };

/** What every operator of the matrix looks after, in a namespace of its own. */
function objectsIn(namespace: string, health: 'ok' | 'broken'): KubeObject[] {
  const here = (apiVersion: string, kind: string, name: string, more: object = {}): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name, namespace, labels: LABELS },
    ...more,
  });
  const template = {
    metadata: { labels: LABELS },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'web', image: 'example.com/web:1' }] },
  };
  const rule = { operations: ['CREATE'], apiGroups: ['demo.example.com'], apiVersions: ['v1'], resources: ['gadgets'] };
  return [
    here('v1', 'ConfigMap', 'health', { data: { state: health } }),
    here('v1', 'ConfigMap', 'settings', { data: { mode: 'live' } }),
    here('v1', 'Secret', 'token', { data: { token: 'YWJj' } }),
    here('coordination.k8s.io/v1', 'Lease', 'leader', { spec: { holderIdentity: 'nobody', leaseDurationSeconds: 15 } }),
    here('v1', 'Service', 'web', { spec: { selector: LABELS, ports: [{ port: 80 }] } }),
    here(`${RBAC}/v1`, 'Role', 'web', {
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }],
    }),
    here(`${RBAC}/v1`, 'RoleBinding', 'web', {
      roleRef: { apiGroup: RBAC, kind: 'Role', name: 'web' },
      subjects: [{ kind: 'ServiceAccount', name: 'web', namespace }],
    }),
    here('demo.example.com/v1', 'Widget', 'gear', { spec: { mode: 'live', size: 3 } }),
    here('apps/v1', 'Deployment', 'web', { spec: { replicas: 2, selector: { matchLabels: LABELS }, template } }),
    {
      ...here('apps/v1', 'Deployment', 'neighbour'),
      metadata: { name: 'neighbour', namespace, labels: NEIGHBOUR },
      spec: {
        replicas: 1,
        selector: { matchLabels: NEIGHBOUR },
        template: { ...template, metadata: { labels: NEIGHBOUR } },
      },
    },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SCRATCH(namespace), labels: { purpose: 'scratch' } } },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: HOOK(namespace) },
      webhooks: [
        {
          name: `gadgets.${namespace}.example.com`,
          failurePolicy: 'Ignore',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          clientConfig: { service: { namespace, name: 'web', path: '/' } },
          rules: [rule],
        },
      ],
    },
  ];
}

export async function must<T>(asked: Promise<{ ok: true; value: T } | { ok: false; message: string }>): Promise<T> {
  const outcome = await asked;
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}

/** Makes what all share: a kind that no cluster has by itself, and a network that enforces policies. */
export async function prepare(api: Api): Promise<void> {
  await must(api.create(WIDGETS));
  const labels = { app: 'calico-node' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'node', image: 'example.com/network:1' }] } };
  const metadata = { name: 'calico-node', namespace: 'kube-system' };
  const spec = { selector: { matchLabels: labels }, template };
  await must(api.create({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec }));
  await api.discovery(true);
}

/** Makes it; a kind that is new may take a moment to be served. */
async function made(api: Api, object: KubeObject): Promise<void> {
  for (let left = 100; ; left -= 1) {
    const outcome = await api.create(object, { fieldManager: 'kubectl-create' });
    if (outcome.ok) return;
    if (left === 0 || outcome.reason !== 'not-found') throw new Error(`${object.kind}: ${outcome.message}`);
    await systemClock.sleep(100);
    await api.discovery(true);
  }
}

/** Makes the namespace and everything in it. */
export async function furnish(
  api: Api,
  namespace: string,
  health: 'ok' | 'broken',
  more: readonly KubeObject[] = [],
): Promise<void> {
  await made(api, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (const object of [...objectsIn(namespace, health), ...more]) await made(api, object);
  const owner = await must(api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'settings' }));
  const uid = owner.metadata.uid ?? '';
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', uid }];
  const metadata = { name: 'owned', namespace, ownerReferences };
  await made(api, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1' } });
}
