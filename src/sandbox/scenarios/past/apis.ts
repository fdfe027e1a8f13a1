import { crd } from '../../operators/crd.ts';
import { application } from '../../operators/gitops.ts';
import { put } from '../../operators/install.ts';
import { service } from '../../operators/parts.ts';
import { namespace } from '../../world/cluster.ts';
import { merge } from './git.ts';
import type { Incident } from './incident.ts';

const GROUP = 'opensearch.opster.io';
const WIDGETS = { group: 'demo.example.com', plural: 'widgets', kind: 'Widget' };

export const namespaceFinalizerOrphan: Incident = {
  name: 'namespace-finalizer-orphan',
  summary: 'a namespace stays Terminating: a custom resource keeps a finalizer whose operator was removed first',
  before(s) {
    s.put('namespaces', namespace('search'), { hoursAgo: 20 });
    put(s, crd({ group: GROUP, plural: 'opensearchclusters', kind: 'OpenSearchCluster', version: 'v1' }), 20);
  },
  async play({ admin, wait }) {
    const metadata = { name: 'logs', namespace: 'search', finalizers: [`${GROUP}/cleanup`] };
    const cluster = { apiVersion: `${GROUP}/v1`, kind: 'OpenSearchCluster', metadata, spec: {} };
    await admin.create(`opensearchclusters.${GROUP}`, cluster);
    await admin.delete('namespaces', undefined, 'search');
    await wait(20);
  },
};

export const crdConversionDead: Incident = {
  name: 'crd-conversion-dead',
  summary: 'the conversion webhook of the Widget CRD is gone: every list of that kind fails',
  before(s) {
    for (const name of ['demo', 'demo-old']) s.put('namespaces', namespace(name), { hoursAgo: 20 });
    put(s, crd({ ...WIDGETS, version: 'v1beta1' }), 20);
  },
  async play({ admin, parts, wait }) {
    const resource = `${WIDGETS.plural}.${WIDGETS.group}`;
    for (const at of ['demo', 'demo-old']) {
      const metadata = { name: 'blue', namespace: at };
      await admin.create(resource, { apiVersion: 'demo.example.com/v1beta1', kind: 'Widget', metadata, spec: {} });
    }
    const definition = await admin.get('customresourcedefinitions.apiextensions.k8s.io', undefined, resource);
    const [old] = (definition.spec as { versions: object[] }).versions;
    const clientConfig = { service: { namespace: 'demo', name: 'widget-conversion', path: '/convert', port: 443 } };
    const spec = {
      versions: [
        { ...old, storage: false },
        { ...old, name: 'v1', storage: true },
      ],
      conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig } },
    };
    await admin.patch('customresourcedefinitions.apiextensions.k8s.io', undefined, resource, 'merge', { spec });
    await wait(5);
    await admin.delete('namespaces', undefined, 'demo-old');
    await wait(parts.store.count(resource) > 0 ? 20 : 5);
  },
};

export const argoImmutableConfigMap: Incident = {
  name: 'argo-immutable-configmap',
  summary: 'Git changes an immutable ConfigMap: every sync of that application fails',
  before(s) {
    const metadata = { name: 'feature-flags', namespace: 'shop' };
    s.put('configmaps', { metadata, immutable: true, data: { NEW_CHECKOUT: 'off' } }, { hoursAgo: 20 });
    const flags = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'feature-flags' };
    put(s, application('shop-flags', 'apps/shop-flags', 'shop', [flags]), 20);
  },
  async play(stage) {
    const metadata = { name: 'feature-flags', namespace: 'shop' };
    const wanted = { apiVersion: 'v1', kind: 'ConfigMap', metadata, immutable: true, data: { NEW_CHECKOUT: 'on' } };
    await merge(stage, 'shop-flags', [wanted]);
  },
};

export const apiServiceBlocksNamespace: Incident = {
  name: 'apiservice-blocks-namespace',
  summary: 'metrics-server cannot pull its image: its API is unavailable and a namespace cannot be deleted',
  before(s) {
    s.put('namespaces', namespace('preview-42'), { hoursAgo: 20 });
  },
  async play({ admin, wait }) {
    const labels = { app: 'metrics-server' };
    const image = 'registry.invalid/metrics-server/metrics-server:v0.8.0';
    const containers = [{ name: 'server', image, ports: [{ name: 'https', containerPort: 6443 }] }];
    await admin.create('deployments.apps', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'metrics-server', namespace: 'kube-system', labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    });
    const { object } = service('kube-system', 'metrics-server', labels, [
      { name: 'https', port: 443, targetPort: 'https' },
    ]);
    await admin.create('services', { apiVersion: 'v1', kind: 'Service', ...object });
    await admin.create('apiservices.apiregistration.k8s.io', {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { name: 'metrics-server', namespace: 'kube-system', port: 443 },
      },
    });
    await wait(10);
    await admin.delete('namespaces', undefined, 'preview-42');
    await wait(20);
  },
};
