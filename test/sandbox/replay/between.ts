import type { TestClient } from '../client.ts';

const EX = '/api/v1/namespaces/ex';
const HOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
  data: { a: '1' },
});

const hook = (service: string, failurePolicy: string) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'nosvc' },
  webhooks: [
    {
      name: 'nosvc.example.com',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      failurePolicy,
      timeoutSeconds: 2,
      clientConfig: { service: { namespace: 'ex', name: service } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ex' } },
    },
  ],
});

/** What was done between recorded exchanges without being recorded itself; by the name of the exchange that follows. */
export const BETWEEN: Readonly<Record<string, (client: TestClient) => Promise<unknown>>> = {
  'eviction blocked': async client => {
    const path = '/apis/policy/v1/namespaces/ex/poddisruptionbudgets/pdb';
    const seen = async () => (await client.ok<{ status: { observedGeneration?: number } }>({ path })).status;
    while (!(await seen()).observedGeneration) await new Promise(resolve => setTimeout(resolve, 10));
  },
  'namespace delete': client =>
    client.ok({
      method: 'POST',
      path: `${EX}/configmaps`,
      body: configMap('held', { finalizers: ['example.com/hold'] }),
    }),
  'forbidden list': client => client.ok({ method: 'DELETE', path: `${EX}/resourcequotas/q` }),
  'webhook without service': async client => {
    await client.ok({ method: 'DELETE', path: `${HOOKS}/dead` });
    await client.ok({ method: 'POST', path: HOOKS, body: hook('missing', 'Fail') });
  },
  'webhook ignored': async client => {
    await client.ok({ method: 'DELETE', path: `${HOOKS}/nosvc` });
    await client.ok({ method: 'POST', path: HOOKS, body: hook('missing', 'Ignore') });
  },
  'webhook bad policy': client => client.ok({ method: 'DELETE', path: `${HOOKS}/nosvc` }),
  'delete owner background': async client => {
    const owner = await client.ok<{ metadata: { uid: string } }>({
      method: 'POST',
      path: `${EX}/configmaps`,
      body: configMap('owner'),
    });
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid }];
    await client.ok({ method: 'POST', path: `${EX}/configmaps`, body: configMap('child', { ownerReferences }) });
  },
};

/** What went on while an exchange was under way: the writes that a recorded watch saw. */
export const MEANWHILE: Readonly<Record<string, (client: TestClient) => Promise<unknown>>> = {
  'watch add modify delete': async client => {
    await client.ok({ method: 'POST', path: `${EX}/configmaps`, body: configMap('wa') });
    await client.ok({
      method: 'PATCH',
      path: `${EX}/configmaps/wa`,
      body: { data: { a: '2' } },
      contentType: 'application/merge-patch+json',
    });
    await client.ok({ method: 'DELETE', path: `${EX}/configmaps/wa` });
  },
};
