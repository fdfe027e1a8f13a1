import { put } from '../../operators/install.ts';
import { service, webhookConfiguration } from '../../operators/parts.ts';
import { namespace } from '../../world/cluster.ts';
import { putDeployment } from '../../world/steady.ts';
import type { Incident } from './incident.ts';

export const pausedRollout: Incident = {
  name: 'decoy-paused-rollout',
  summary: 'a rollout paused on purpose, all old pods available',
  async play({ admin, wait }) {
    await admin.patch('deployments.apps', 'shop', 'web', 'merge', { spec: { paused: true } });
    const containers = [{ name: 'web', image: 'ghcr.io/shop/web:1.15.0' }];
    await admin.patch('deployments.apps', 'shop', 'web', 'strategic', { spec: { template: { spec: { containers } } } });
    await wait(5);
  },
};

export const scaledToZero: Incident = {
  name: 'decoy-scaled-to-zero',
  summary: 'a preview scaled to zero for the night, with its Service and its budget',
  before(s) {
    const selector = { app: 'preview' };
    const ports = [{ name: 'http', containerPort: 8080 }];
    const containers = [{ name: 'preview', image: 'ghcr.io/shop/web:1.15.0', ports }];
    putDeployment(s, { namespace: 'shop', name: 'preview', selector, replicas: 0, containers, hoursAgo: 20 });
    put(s, service('shop', 'preview', selector, [{ name: 'http', port: 80, targetPort: 'http' }]), 20);
    const spec = { maxUnavailable: 1, selector: { matchLabels: selector } };
    s.put('poddisruptionbudgets.policy', { metadata: { name: 'preview', namespace: 'shop' }, spec }, { hoursAgo: 20 });
  },
  play: async () => {},
};

export const ignoredWebhook: Incident = {
  name: 'decoy-webhook-ignore-unused',
  summary: 'a webhook that may fail, has no endpoints, and whose namespaceSelector matches nothing',
  before(s) {
    s.put('namespaces', namespace('audit'), { hoursAgo: 20 });
    put(s, service('audit', 'image-audit', { app: 'image-audit' }, [{ port: 443, targetPort: 9443 }]), 20);
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }];
    const hook = {
      name: 'images.audit.acme.dev',
      service: { namespace: 'audit', name: 'image-audit', path: '/' },
      rules,
      failurePolicy: 'Ignore' as const,
      namespaceSelector: { matchLabels: { 'image-audit': 'enabled' } },
    };
    put(s, webhookConfiguration('Validating', 'image-audit', [hook]), 20);
  },
  play: async () => {},
};

export const suspendedAndDone: Incident = {
  name: 'decoy-jobs',
  summary: 'a Job that succeeded, and a CronJob suspended on purpose',
  async play({ admin, wait }) {
    const job = (command: string[]) => {
      const resources = { requests: { cpu: '10m', memory: '16Mi' } };
      const containers = [{ name: 'report', image: 'ghcr.io/shop/report:7', command, resources }];
      return { template: { spec: { restartPolicy: 'Never', containers } } };
    };
    const metadata = (name: string) => ({ name, namespace: 'shop' });
    await admin.create('jobs.batch', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: metadata('nightly-report'),
      spec: job(['sleep', '5']),
    });
    await admin.create('cronjobs.batch', {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: metadata('weekly-report'),
      spec: { schedule: '0 3 * * 0', suspend: true, jobTemplate: { spec: job(['true']) } },
    });
    await wait(20);
  },
};
