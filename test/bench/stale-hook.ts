/** The smallest thing that is broken at once: a webhook whose Service nobody has. It blocks nothing that a benchmark writes. */
export const STALE = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'bench-stale' },
  webhooks: [
    {
      name: 'bench.example.com',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      clientConfig: { service: { namespace: 'default', name: 'nowhere' } },
      rules: [{ apiGroups: ['batch'], apiVersions: ['v1'], resources: ['cronjobs'], operations: ['CREATE'] }],
    },
  ],
};
