import type { Incident } from './incident.ts';

const container = (name: string, more: object) => ({
  spec: { template: { spec: { containers: [{ name, ...more }] } } },
});

export const configMapKeyMissing: Incident = {
  name: 'configmap-key-missing',
  summary: 'a new version of checkout reads a ConfigMap key that was never added: LEDGER_URI for LEDGER_URL',
  async play({ admin, wait }) {
    const configMapKeyRef = { name: 'checkout-config', key: 'LEDGER_URI' };
    const env = [{ name: 'LEDGER_URI', valueFrom: { configMapKeyRef } }];
    const change = container('checkout', { image: 'ghcr.io/shop/checkout:2.9.0', env });
    await admin.patch('deployments.apps', 'shop', 'checkout', 'strategic', change);
    await wait(10);
  },
};

export const nodeSelectorTypo: Incident = {
  name: 'nodeselector-typo',
  summary: 'a new version of ledger asks for nodes with node-pool=genral; they carry node-pool=general',
  async play({ admin, parts, wait }) {
    for (const { metadata } of parts.store.list('nodes'))
      await admin.patch('nodes', undefined, metadata.name, 'merge', {
        metadata: { labels: { 'node-pool': 'general' } },
      });
    const change = { spec: { template: { spec: { nodeSelector: { 'node-pool': 'genral' } } } } };
    await admin.patch('deployments.apps', 'shop', 'ledger', 'merge', change);
    await wait(10);
  },
};

export const quotaBlocksRollout: Incident = {
  name: 'quota-blocks-rollout',
  summary: "shop's quota of pods is full, so a rollout of checkout cannot make its surge pod",
  async play({ admin, parts, wait }) {
    const pods = String(parts.store.list('pods', 'shop').length);
    await admin.patch('resourcequotas', 'shop', 'team', 'merge', { spec: { hard: { pods } } });
    await wait(5);
    const change = container('checkout', { image: 'ghcr.io/shop/checkout:2.9.0' });
    await admin.patch('deployments.apps', 'shop', 'checkout', 'strategic', change);
    await wait(10);
  },
};

export const serviceTargetPort: Incident = {
  name: 'service-targetport-name',
  summary: 'the Service of payments/api names a target port that its pods do not have',
  async play({ admin, wait }) {
    const ports = [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'http-api' }];
    await admin.patch('services', 'payments', 'api', 'merge', { spec: { ports } });
    await wait(5);
  },
};
