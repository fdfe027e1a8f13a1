/** The healthy cluster under every incident: teams' workloads, two operators with fail-closed webhooks, Argo CD, ingress, DNS. */
import { definition, version } from '../../support/definition.ts';
import type { Thing } from './thing.ts';

const POD_SECURITY = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

interface App {
  name: string;
  namespace: string;
  image: string;
  replicas?: number;
  port?: number;
  portName?: string;
  container?: string;
  /** More of the pod's spec, and of its one container. */
  pod?: object;
  more?: object;
}

const namespaced = (kind: string, apiVersion: string, namespace: string, name: string, rest: object): Thing => ({
  apiVersion,
  kind,
  metadata: { name, namespace, labels: { app: name } },
  ...rest,
});

/** A pod template as careful teams write it. */
function template({ name, image, port = 8080, portName = 'http', container = name, pod = {}, more = {} }: App) {
  const probe = { httpGet: { path: '/healthz', port: portName } };
  return {
    metadata: { labels: { app: name } },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      securityContext: POD_SECURITY,
      containers: [
        {
          name: container,
          image,
          ports: [{ name: portName, containerPort: port }],
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
          readinessProbe: probe,
          livenessProbe: probe,
          securityContext: CONTAINER_SECURITY,
          ...more,
        },
      ],
      ...pod,
    },
  };
}

const account = (namespace: string, name: string) => namespaced('ServiceAccount', 'v1', namespace, name, {});

const service = (namespace: string, name: string, port: number, target: string, selects = name): Thing =>
  namespaced('Service', 'v1', namespace, name, {
    spec: { selector: { app: selects }, ports: [{ name: target, port, targetPort: target }] },
  });

const budget = (namespace: string, name: string): Thing =>
  namespaced('PodDisruptionBudget', 'policy/v1', namespace, name, {
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: name } } },
  });

const deployment = (app: App): Thing[] => [
  account(app.namespace, app.name),
  namespaced('Deployment', 'apps/v1', app.namespace, app.name, {
    spec: { replicas: app.replicas ?? 2, selector: { matchLabels: { app: app.name } }, template: template(app) },
  }),
  budget(app.namespace, app.name),
];

const served = (app: App, port = 80): Thing[] => [
  ...deployment(app),
  service(app.namespace, app.name, port, app.portName ?? 'http'),
];

/** A fail-closed webhook behind a service of ours. */
function webhook(name: string, hook: string, at: [namespace: string, service: string, path: string], what: object) {
  const [namespace, serviceName, path] = at;
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: hook,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        timeoutSeconds: 5,
        clientConfig: {
          caBundle: `\${ca:${serviceName}.${namespace}}`,
          service: { namespace, name: serviceName, path, port: 443 },
        },
        rules: [{ operations: ['CREATE', 'UPDATE'], ...what }],
      },
    ],
  };
}

function operatorRights(namespace: string, name: string, groups: string[]): Thing[] {
  const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
  const rules = [
    { apiGroups: groups, resources: ['*'], verbs },
    { apiGroups: [''], resources: ['services', 'configmaps', 'secrets', 'events'], verbs },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs },
  ];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `${name}-role` };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return [
    { apiVersion, kind: 'ClusterRole', metadata: { name: `${name}-role` }, rules },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: `${name}-rolebinding` },
      roleRef,
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ];
}

const INFERENCE = { apiGroups: ['serving.kserve.io'], apiVersions: ['v1beta1'], resources: ['inferenceservices'] };
const CERT_MANAGER = { apiGroups: ['cert-manager.io'], apiVersions: ['v1'], resources: ['*/*'] };

/** Namespaces and definitions: what the rest needs to be there. */
export const FIRST: readonly Thing[] = [
  ...['shop', 'payments', 'models', 'kserve', 'cert-manager', 'argocd', 'ingress-nginx'].map(name => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  })),
  definition('serving.kserve.io', 'InferenceService', [version('v1beta1', { status: true })]),
  definition('cert-manager.io', 'Certificate', [version('v1', { status: true })]),
  definition('cert-manager.io', 'Issuer', [version('v1', { status: true })]),
  definition('argoproj.io', 'Application', [version('v1alpha1')]),
];

const shop = (name: string, image: string, more: Partial<App> = {}) => ({ namespace: 'shop', name, image, ...more });
const system = (namespace: string, name: string, image: string, port: number, portName: string): App => ({
  namespace,
  name,
  image,
  port,
  portName,
});

const volume = (number: number): Thing => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: `orders-${number}` },
  spec: {
    storageClassName: 'standard',
    capacity: { storage: '10Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: `/srv/orders-${number}` },
    claimRef: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      namespace: 'shop',
      name: `data-orders-db-${number}`,
    },
  },
});

const database = shop('orders-db', 'ghcr.io/shop/postgres:16.3', {
  port: 5432,
  portName: 'pg',
  more: { volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql' }] },
});

const migration = template(shop('migrate', 'ghcr.io/shop/migrate:204'));

/** The workloads. */
export const WORKLOADS: readonly Thing[] = [
  ...served(shop('web', 'ghcr.io/shop/web:1.14.2', { replicas: 3 })),
  ...served(
    shop('checkout', 'ghcr.io/shop/checkout:2.8.0', {
      more: { envFrom: [{ configMapRef: { name: 'checkout-config' } }, { secretRef: { name: 'checkout-db' } }] },
    }),
  ),
  ...served(shop('ledger', 'ghcr.io/shop/ledger:0.9.4')),
  namespaced('ConfigMap', 'v1', 'shop', 'checkout-config', {
    data: { LEDGER_URL: 'http://ledger.shop', CURRENCY: 'EUR' },
  }),
  namespaced('Secret', 'v1', 'shop', 'checkout-db', {
    stringData: { DB_USER: 'checkout', DB_PASSWORD: 'not-a-real-one' },
  }),
  namespaced('Ingress', 'networking.k8s.io/v1', 'shop', 'shop', {
    spec: {
      ingressClassName: 'nginx',
      tls: [{ hosts: ['shop.example.com'], secretName: 'shop-tls' }],
      rules: [
        {
          host: 'shop.example.com',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }],
          },
        },
      ],
    },
  }),
  namespaced('ResourceQuota', 'v1', 'shop', 'team', {
    spec: { hard: { pods: '40', 'requests.cpu': '12', 'requests.memory': '24Gi' } },
  }),
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'kubernetes.io/no-provisioner',
    reclaimPolicy: 'Retain',
  },
  volume(0),
  volume(1),
  account('shop', 'orders-db'),
  budget('shop', 'orders-db'),
  namespaced('Service', 'v1', 'shop', 'orders-db', {
    spec: { clusterIP: 'None', selector: { app: 'orders-db' }, ports: [{ name: 'pg', port: 5432, targetPort: 'pg' }] },
  }),
  namespaced('StatefulSet', 'apps/v1', 'shop', 'orders-db', {
    spec: {
      serviceName: 'orders-db',
      replicas: 2,
      selector: { matchLabels: { app: 'orders-db' } },
      template: template(database),
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: 'standard',
            resources: { requests: { storage: '10Gi' } },
          },
        },
      ],
    },
  }),
  namespaced('Job', 'batch/v1', 'shop', 'migrate-204', {
    spec: {
      backoffLimit: 2,
      template: {
        ...migration,
        spec: {
          ...migration.spec,
          serviceAccountName: 'orders-db',
          restartPolicy: 'Never',
          containers: migration.spec.containers.map(({ readinessProbe: _, livenessProbe: __, ...rest }) => rest),
        },
      },
    },
  }),
  ...served({ namespace: 'payments', name: 'api', image: 'ghcr.io/payments/api:3.2.1' }),
  ...deployment({ namespace: 'payments', name: 'worker', image: 'ghcr.io/payments/worker:3.2.1' }),
  ...deployment({
    ...system('kserve', 'kserve-controller-manager', 'ghcr.io/kserve/controller:v0.15.2', 9443, 'webhook-server'),
    container: 'manager',
  }),
  service('kserve', 'kserve-webhook-server-service', 443, 'webhook-server', 'kserve-controller-manager'),
  ...operatorRights('kserve', 'kserve-controller-manager', ['serving.kserve.io']),
  webhook(
    'inferenceservice.serving.kserve.io',
    'inferenceservice.kserve-webhook-server.validator',
    ['kserve', 'kserve-webhook-server-service', '/validate-inferenceservices'],
    INFERENCE,
  ),
  ...deployment(
    system('cert-manager', 'cert-manager', 'quay.io/jetstack/cert-manager-controller:v1.18.2', 9402, 'http'),
  ),
  ...deployment(
    system('cert-manager', 'cert-manager-cainjector', 'quay.io/jetstack/cert-manager-cainjector:v1.18.2', 9402, 'http'),
  ),
  ...served(
    system('cert-manager', 'cert-manager-webhook', 'quay.io/jetstack/cert-manager-webhook:v1.18.2', 9443, 'https'),
    443,
  ),
  ...operatorRights('cert-manager', 'cert-manager', ['cert-manager.io']),
  webhook(
    'cert-manager-webhook',
    'webhook.cert-manager.io',
    ['cert-manager', 'cert-manager-webhook', '/validate'],
    CERT_MANAGER,
  ),
  ...served(system('argocd', 'argocd-repo-server', 'quay.io/argoproj/argocd:v3.1.4', 8081, 'server'), 8081),
  ...served(system('argocd', 'argocd-server', 'quay.io/argoproj/argocd:v3.1.4', 8080, 'server')),
  ...served(system('argocd', 'argocd-redis', 'redis:7.4.2-alpine', 6379, 'redis'), 6379),
  account('argocd', 'argocd-application-controller'),
  service('argocd', 'argocd-application-controller', 8082, 'metrics'),
  namespaced('StatefulSet', 'apps/v1', 'argocd', 'argocd-application-controller', {
    spec: {
      serviceName: 'argocd-application-controller',
      replicas: 1,
      selector: { matchLabels: { app: 'argocd-application-controller' } },
      template: template(
        system('argocd', 'argocd-application-controller', 'quay.io/argoproj/argocd:v3.1.4', 8082, 'metrics'),
      ),
    },
  }),
  ...served(
    system(
      'ingress-nginx',
      'ingress-nginx-controller',
      'registry.k8s.io/ingress-nginx/controller:v1.13.2',
      8080,
      'http',
    ),
  ),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'nginx' },
    spec: { controller: 'k8s.io/ingress-nginx' },
  },
  ...deployment({
    ...system('kube-system', 'coredns', 'registry.k8s.io/coredns/coredns:v1.12.1', 53, 'dns-tcp'),
    more: { volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }] },
    pod: { volumes: [{ name: 'config', configMap: { name: 'coredns' } }] },
  }),
  namespaced('Service', 'v1', 'kube-system', 'kube-dns', {
    spec: {
      clusterIP: '10.96.0.10',
      selector: { app: 'coredns' },
      ports: [{ name: 'dns-tcp', port: 53, targetPort: 'dns-tcp' }],
    },
  }),
  namespaced('ConfigMap', 'v1', 'kube-system', 'coredns', { data: { Corefile: '.:53 {\n  errors\n  ready\n}\n' } }),
];

interface Managed {
  group: string;
  version: string;
  kind: string;
  name: string;
}

const DEPLOYED = (name: string): Managed => ({ group: 'apps', version: 'v1', kind: 'Deployment', name });
const SERVED = (name: string): Managed => ({ group: '', version: 'v1', kind: 'Service', name });
const MODEL = (name: string): Managed => ({
  group: 'serving.kserve.io',
  version: 'v1beta1',
  kind: 'InferenceService',
  name,
});

function application(name: string, resources: readonly Managed[]): Thing {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
    spec: {
      project: 'default',
      source: {
        repoURL: 'https://git.example.com/platform/deploy.git',
        path: `apps/${name}`,
        targetRevision: 'main',
      },
      destination: { server: 'https://kubernetes.default.svc', namespace: name },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
    status: {
      sync: { status: 'Synced', revision: '7c1f0d2a9be34f5d8a6c1b2e3f4a5b6c7d8e9f00' },
      health: { status: 'Healthy' },
      reconciledAt: new Date().toISOString().replace(/\.\d+/, ''),
      resources: resources.map(each => ({
        ...each,
        namespace: name,
        status: 'Synced',
        health: { status: 'Healthy' },
      })),
    },
  };
}

/** Custom objects: they need the webhooks to be up. */
export const LAST: readonly Thing[] = [
  application('shop', [...['web', 'checkout', 'ledger'].map(DEPLOYED), ...['web', 'checkout', 'ledger'].map(SERVED)]),
  application('payments', [DEPLOYED('api'), DEPLOYED('worker'), SERVED('api')]),
  application('kserve', [DEPLOYED('kserve-controller-manager'), SERVED('kserve-webhook-server-service')]),
  application('models', [MODEL('iris'), MODEL('fraud')]),
  ...['iris', 'fraud'].map(name =>
    namespaced('InferenceService', 'serving.kserve.io/v1beta1', 'models', name, {
      spec: { predictor: { model: { modelFormat: { name: 'sklearn' }, storageUri: `s3://models/${name}` } } },
    }),
  ),
  namespaced('Issuer', 'cert-manager.io/v1', 'shop', 'letsencrypt', {
    spec: { acme: { server: 'https://acme.example.com/directory' } },
  }),
  namespaced('Certificate', 'cert-manager.io/v1', 'shop', 'shop-tls', {
    spec: { secretName: 'shop-tls', dnsNames: ['shop.example.com'], issuerRef: { name: 'letsencrypt' } },
  }),
];

/** Statuses that controllers of other projects would have written. */
export const READY: readonly [kind: string, namespace: string, name: string][] = [
  ['inferenceservice', 'models', 'iris'],
  ['inferenceservice', 'models', 'fraud'],
  ['issuer', 'shop', 'letsencrypt'],
  ['certificate', 'shop', 'shop-tls'],
];

/** Secrets with serving certificates: the service they are for, and days until they end. */
export const CERTIFICATES: readonly { service: string; secret: string; days: number }[] = [
  { service: 'kserve-webhook-server-service.kserve', secret: 'kserve/kserve-webhook-server-cert', days: 300 },
  { service: 'cert-manager-webhook.cert-manager', secret: 'cert-manager/cert-manager-webhook-ca', days: 300 },
  { service: 'shop.example.com', secret: 'shop/shop-tls', days: 62 },
];

/** Leases of leaders that live. */
export const LEADERS: readonly { namespace: string; name: string; app: string }[] = [
  { namespace: 'kserve', name: 'kserve-controller-manager-leader-lock', app: 'kserve-controller-manager' },
  { namespace: 'cert-manager', name: 'cert-manager-controller', app: 'cert-manager' },
];
