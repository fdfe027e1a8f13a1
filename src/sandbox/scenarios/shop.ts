import { application } from '../operators/gitops.ts';
import { put } from '../operators/install.ts';
import { configMap, service, serviceAccount } from '../operators/parts.ts';
import { namespace } from '../world/cluster.ts';
import type { ContainerSeed } from '../world/pod-defaults.ts';
import type { Seeder } from '../world/seeder.ts';
import { putDeployment } from '../world/steady.ts';

const HOURS = 30;

const container = (name: string, image: string, more: Partial<ContainerSeed> = {}): ContainerSeed => ({
  name,
  image,
  ports: [{ name: 'http', containerPort: 8080 }],
  readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
  ...more,
});

const managed = (space: string, group: string, kind: string, name: string) => ({
  group,
  version: 'v1',
  kind,
  namespace: space,
  name,
});

/** Two teams' namespaces, as they have been for a day: a shop whose checkout reads a ConfigMap, and payments. */
export function putShop(s: Seeder): void {
  for (const name of ['shop', 'payments']) s.put('namespaces', namespace(name), { hoursAgo: HOURS + 1 });
  const workload = (
    space: string,
    name: string,
    image: string,
    replicas: number,
    more: Partial<ContainerSeed> = {},
  ) => {
    const selector = { app: name };
    put(s, serviceAccount(space, name), HOURS);
    put(s, service(space, name, selector, [{ name: 'http', port: 80, targetPort: 'http' }]), HOURS);
    const containers = [container(name, image, more)];
    const seed = { namespace: space, name, selector, labels: selector, replicas, serviceAccount: name, containers };
    putDeployment(s, { ...seed, hoursAgo: HOURS });
  };
  put(s, configMap('shop', 'checkout-config', { LEDGER_URL: 'http://ledger.shop', CURRENCY: 'EUR' }), HOURS);
  workload('shop', 'web', 'ghcr.io/shop/web:1.14.2', 3);
  workload('shop', 'checkout', 'ghcr.io/shop/checkout:2.8.0', 2, {
    envFrom: [{ configMapRef: { name: 'checkout-config' } }],
  });
  workload('shop', 'ledger', 'ghcr.io/shop/ledger:0.9.4', 2);
  workload('payments', 'api', 'ghcr.io/payments/api:3.2.1', 2);
  workload('payments', 'worker', 'ghcr.io/payments/worker:3.2.1', 2);
  const hard = { pods: '40', 'requests.cpu': '12', 'requests.memory': '24Gi' };
  s.put('resourcequotas', { metadata: { name: 'team', namespace: 'shop' }, spec: { hard } }, { hoursAgo: HOURS });
  const resources = (space: string, names: readonly string[]) =>
    names.flatMap(name => [managed(space, 'apps', 'Deployment', name), managed(space, '', 'Service', name)]);
  put(s, application('shop', 'apps/shop', 'shop', resources('shop', ['web', 'checkout', 'ledger'])), HOURS);
  put(s, application('payments', 'apps/payments', 'payments', resources('payments', ['api', 'worker'])), HOURS);
}
