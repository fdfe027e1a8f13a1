import type { Stage } from '../scenario.ts';
import type { Incident } from './incident.ts';

const container = (name: string, more: object) => ({
  spec: { template: { spec: { containers: [{ name, ...more }] } } },
});

/** Rolls a change of a Deployment of shop out, and gives the rollout ten seconds. */
async function rollOut({ admin, wait }: Stage, name: string, change: object): Promise<void> {
  await admin.patch('deployments.apps', 'shop', name, 'strategic', change);
  await wait(10);
}

export const configMapKeyMissing: Incident = {
  name: 'configmap-key-missing',
  summary: 'a new version of checkout reads a ConfigMap key that was never added: LEDGER_URI for LEDGER_URL',
  async play(stage) {
    const configMapKeyRef = { name: 'checkout-config', key: 'LEDGER_URI' };
    const env = [{ name: 'LEDGER_URI', valueFrom: { configMapKeyRef } }];
    const change = container('checkout', { image: 'ghcr.io/shop/checkout:2.9.0', env });
    await rollOut(stage, 'checkout', change);
  },
};

export const nodeSelectorTypo: Incident = {
  name: 'nodeselector-typo',
  summary: 'a new version of ledger asks for nodes with node-pool=genral; they carry node-pool=general',
  async play(stage) {
    for (const { metadata } of stage.parts.store.list('nodes'))
      await stage.admin.patch('nodes', undefined, metadata.name, 'merge', {
        metadata: { labels: { 'node-pool': 'general' } },
      });
    const change = { spec: { template: { spec: { nodeSelector: { 'node-pool': 'genral' } } } } };
    await rollOut(stage, 'ledger', change);
  },
};

export const quotaBlocksRollout: Incident = {
  name: 'quota-blocks-rollout',
  summary: "shop's quota of pods is full, so a rollout of checkout cannot make its surge pod",
  async play(stage) {
    const pods = String(stage.parts.store.list('pods', 'shop').length);
    await stage.admin.patch('resourcequotas', 'shop', 'team', 'merge', { spec: { hard: { pods } } });
    await stage.wait(5);
    const change = container('checkout', { image: 'ghcr.io/shop/checkout:2.9.0' });
    await rollOut(stage, 'checkout', change);
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
