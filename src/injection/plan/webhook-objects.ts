import type { ServerCertificate } from '../../k8s/certificate.ts';
import type { KubeObject } from '../../k8s/object.ts';

/** A webhook that delays writes, and the names of its objects. */
export interface DelayingWebhook {
  /** The name of the Deployment, the Service and the configuration; the Secret's name ends in `-certs`. */
  name: string;
  namespace: string;
  /** Namespaces whose writes are delayed. */
  namespaces: readonly string[];
  resources: readonly string[];
  apiGroups: readonly string[];
  /** As written in the experiment, such as `25s`. */
  delay: string;
  image: string;
  certificate: ServerCertificate;
}

const PORT = 8443;
const CERTS = '/etc/webhook/certs';
const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

export const certsName = (name: string): string => `${name}-certs`;

/** The names by which the API server may reach the Service. */
export const serviceNames = (name: string, namespace: string): string[] => [
  name,
  `${name}.${namespace}`,
  `${name}.${namespace}.svc`,
  `${name}.${namespace}.svc.cluster.local`,
];

const metadata = ({ name, namespace }: DelayingWebhook) => ({ name, namespace, labels: { app: name } });

/** The four objects in the order of their creation. The configuration is last, so that no write is intercepted before the server exists. */
export function webhookObjects(of: DelayingWebhook): KubeObject[] {
  return [secret(of), deployment(of), service(of), configuration(of)];
}

function secret(of: DelayingWebhook): KubeObject {
  const { certificate, key } = of.certificate;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...metadata(of), name: certsName(of.name) },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(certificate), 'tls.key': base64(key) },
  };
}

function deployment(of: DelayingWebhook): KubeObject {
  const container = {
    name: 'webhook',
    image: of.image,
    imagePullPolicy: 'IfNotPresent',
    args: [
      'webhook-server',
      `--delay=${of.delay}`,
      `--port=${PORT}`,
      `--tls-cert-file=${CERTS}/tls.crt`,
      `--tls-private-key-file=${CERTS}/tls.key`,
    ],
    ports: [{ containerPort: PORT, protocol: 'TCP' }],
    readinessProbe: { httpGet: { path: '/healthz', port: PORT, scheme: 'HTTPS' }, periodSeconds: 1 },
    // Meets the strictest pod security standard, so that no namespace refuses the pod.
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [{ name: 'certs', mountPath: CERTS, readOnly: true }],
  };
  const pod = {
    automountServiceAccountToken: false,
    containers: [container],
    volumes: [{ name: 'certs', secret: { secretName: certsName(of.name) } }],
  };
  const labels = { app: of.name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(of),
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
  };
}

function service(of: DelayingWebhook): KubeObject {
  const spec = { selector: { app: of.name }, ports: [{ port: 443, protocol: 'TCP', targetPort: PORT }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: metadata(of), spec };
}

/**
 * Intercepts only writes in the allowed namespaces, and never those of its own pods. If the webhook does not answer, the
 * write is allowed.
 */
function configuration(of: DelayingWebhook): KubeObject {
  const { name, namespace } = of;
  const hook = {
    name: `${name}.chaos.operatorchaos.io`,
    admissionReviewVersions: ['v1'],
    clientConfig: {
      service: { name, namespace, path: '/validate', port: 443 },
      caBundle: base64(of.certificate.certificate),
    },
    failurePolicy: 'Ignore',
    matchPolicy: 'Equivalent',
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [...of.namespaces] }],
    },
    objectSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: [name] }] },
    rules: [
      {
        apiGroups: [...of.apiGroups],
        apiVersions: ['*'],
        operations: ['CREATE', 'UPDATE'],
        resources: [...of.resources],
        scope: 'Namespaced',
      },
    ],
    sideEffects: 'None',
    timeoutSeconds: 30,
  };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name, labels: { app: name } },
    webhooks: [hook],
  };
}
