import { afterEach, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../../../src/sandbox/server.ts';

let sandbox: SandboxServer;

afterEach(() => sandbox.stop());

const open = async (scenario: string) => {
  sandbox = await startSandboxServer({ scenario, seed: 7 });
  return sandbox.context.as('admin', ['system:masters']);
};

// biome-ignore lint/suspicious/noExplicitAny: objects of several kinds
const status = (object: object) => (object as { status?: unknown }).status as any;

it('a container whose ConfigMap lacks a key is not created, and the old version stays', async () => {
  const admin = await open('configmap-key-missing');
  const pods = await admin.list('pods', 'shop', 'app=checkout');
  const states = pods.flatMap(pod => status(pod).containerStatuses.map((c: { state: object }) => c.state));
  expect(states).toContainEqual({
    waiting: {
      reason: 'CreateContainerConfigError',
      message: "couldn't find key LEDGER_URI in ConfigMap shop/checkout-config",
    },
  });
  expect(status(await admin.get('deployments.apps', 'shop', 'checkout')).availableReplicas).toBe(2);
  const deadline = status(await admin.get('deployments.apps', 'shop', 'checkout')).conditions;
  expect(deadline).toContainEqual(expect.objectContaining({ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }));
});

it('an APIService without a server is unavailable, and a namespace is not deleted while that is so', async () => {
  const admin = await open('apiservice-blocks-namespace');
  const service = await admin.get('apiservices.apiregistration.k8s.io', undefined, 'v1beta1.metrics.k8s.io');
  expect(status(service).conditions).toMatchObject([
    {
      type: 'Available',
      status: 'False',
      reason: 'MissingEndpoints',
      message: 'endpoints for service/metrics-server in "kube-system" have no addresses with port name "https"',
    },
  ]);
  const namespace = await admin.get('namespaces', undefined, 'preview-42');
  expect(status(namespace).conditions).toContainEqual(
    expect.objectContaining({ type: 'NamespaceDeletionDiscoveryFailure', status: 'True', reason: 'DiscoveryFailed' }),
  );
  await admin.delete('apiservices.apiregistration.k8s.io', undefined, 'v1beta1.metrics.k8s.io');
  await expect.poll(() => admin.get('namespaces', undefined, 'preview-42').catch(error => error.code)).toBe(404);
});

it('a namespace with objects that no webhook converts says so', async () => {
  const admin = await open('crd-conversion-dead');
  const namespace = await admin.get('namespaces', undefined, 'demo-old');
  const failure = status(namespace).conditions.find(
    ({ type }: { type: string }) => type === 'NamespaceDeletionContentFailure',
  );
  expect(failure).toMatchObject({ status: 'True', reason: 'ContentDeletionFailed' });
  expect(failure.message).toContain('conversion webhook for demo.example.com/v1beta1, Kind=Widget failed');
});
