import { CLUSTER_IP } from '../world/cluster-ip.ts';
import { CA_BUNDLE, SERVING_SECRET } from '../world/trust.ts';
import type { Installed, OperatorBehaviour, RepairDuty } from './operator.ts';

/** Functions that build the objects of operators, each with the defaults that the API server would add. */

interface Rule {
  apiGroups: readonly string[];
  resources: readonly string[];
  verbs: readonly string[];
  resourceNames?: readonly string[];
}

const RBAC = 'rbac.authorization.k8s.io';

export const EVERYTHING = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'] as const;

/** What controller-runtime needs to elect a leader. */
const LEADER_ELECTION: readonly Rule[] = [
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: EVERYTHING },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
];

/** Rights for operators that write webhook configurations, or a Lease outside their namespace. */
export const WEBHOOKS_AND_LEASES: readonly Rule[] = [
  { apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: EVERYTHING },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: EVERYTHING },
];

export const configMap = (
  namespace: string,
  name: string,
  data: Record<string, string>,
  labels?: Record<string, string>,
): Installed => ({
  resource: 'configmaps',
  object: { metadata: { name, namespace, ...(labels && { labels }) }, data },
});

export const tlsSecret = (namespace: string, name: string): Installed => ({
  resource: 'secrets',
  object: { metadata: { name, namespace }, type: 'kubernetes.io/tls', data: SERVING_SECRET },
});

export const serviceAccount = (namespace: string, name: string): Installed => ({
  resource: 'serviceaccounts',
  object: { metadata: { name, namespace } },
});

export const clusterRole = (name: string, rules: readonly Rule[]): Installed => ({
  resource: `clusterroles.${RBAC}`,
  object: { metadata: { name }, rules },
});

export const role = (namespace: string, name: string, rules: readonly Rule[]): Installed => ({
  resource: `roles.${RBAC}`,
  object: { metadata: { name, namespace }, rules },
});

const subject = (namespace: string, account: string) => [{ kind: 'ServiceAccount', name: account, namespace }];

const clusterRoleBinding = (name: string, roleName: string, namespace: string, account: string): Installed => ({
  resource: `clusterrolebindings.${RBAC}`,
  object: {
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: roleName },
    subjects: subject(namespace, account),
  },
});

const roleBinding = (namespace: string, name: string, roleName: string, account: string): Installed => ({
  resource: `rolebindings.${RBAC}`,
  object: {
    metadata: { name, namespace },
    roleRef: { apiGroup: RBAC, kind: 'Role', name: roleName },
    subjects: subject(namespace, account),
  },
});

/** The ServiceAccount of an operator with its roles: ClusterRole and binding, leader election Role and binding. */
export function account(
  namespace: string,
  name: string,
  binding: string,
  rules: readonly Rule[],
  prefix: string = name,
): Installed[] {
  const roleName = binding.replace(/binding$/, '');
  return [
    serviceAccount(namespace, name),
    clusterRole(roleName, rules),
    clusterRoleBinding(binding, roleName, namespace, name),
    role(namespace, `${prefix}-leader-election-role`, LEADER_ELECTION),
    roleBinding(namespace, `${prefix}-leader-election-rolebinding`, `${prefix}-leader-election-role`, name),
  ];
}

export interface PortSeed {
  port: number;
  targetPort: number | string;
  name?: string;
}

/** A ClusterIP Service; its address is allocated when it is stored. */
export const service = (
  namespace: string,
  name: string,
  selector: Record<string, string>,
  ports: readonly PortSeed[],
  labels?: Record<string, string>,
): Installed => ({
  resource: 'services',
  object: {
    metadata: { name, namespace, ...(labels && { labels }) },
    spec: {
      ports: ports.map(p => ({
        ...(p.name && { name: p.name }),
        protocol: 'TCP',
        port: p.port,
        targetPort: p.targetPort,
      })),
      selector,
      ...CLUSTER_IP,
    },
    status: { loadBalancer: {} },
  },
});

/** The Service of a webhook that its container serves at the port `webhook-server`. */
export const webhookService = (namespace: string, name: string, selector: Record<string, string>): Installed =>
  service(namespace, name, selector, [{ port: 443, targetPort: 'webhook-server' }]);

/** Where controller-runtime looks for the certificate of its webhooks, and the volume of the Secret that holds it. */
export const CERTIFICATE_MOUNT = [{ name: 'cert', mountPath: '/tmp/k8s-webhook-server/serving-certs', readOnly: true }];
export const certificateVolume = (secretName: string) => [{ name: 'cert', secret: { secretName, defaultMode: 420 } }];

/** An HTTP probe; the delay is in seconds. */
export const probe = (path: string, port: number, initialDelaySeconds: number) => ({
  httpGet: { path, port },
  initialDelaySeconds,
});

/** Webhook rules for CREATE and UPDATE of a resource. */
export const reviewsWrites = (apiGroups: string[], version: string, resource: string) => [
  { apiGroups, apiVersions: [version], operations: ['CREATE', 'UPDATE'], resources: [resource] },
];

/** How an operator behaves. By default it repairs nothing, crashes on nothing and releases its Lease. */
export const behaviour = (
  summary: string,
  behaviour: Partial<Omit<OperatorBehaviour, 'summary'>> = {},
): OperatorBehaviour => ({
  summary,
  repairs: [],
  crashesOn: [],
  releasesLease: true,
  ...behaviour,
});

/** A duty to restore the data of a ConfigMap. */
export const repairsData = (namespace: string, name: string, afterMs: number): RepairDuty => ({
  resource: 'configmaps',
  namespace,
  name,
  restores: ['data'],
  afterMs,
});

export interface WebhookSeed {
  name: string;
  service: { namespace: string; name: string; path: string; port?: number };
  rules: readonly { apiGroups: string[]; apiVersions: string[]; resources: string[]; operations: string[] }[];
  failurePolicy?: 'Fail' | 'Ignore';
  namespaceSelector?: Record<string, unknown>;
  timeoutSeconds?: number;
}

/** A Validating- or MutatingWebhookConfiguration. */
export function webhookConfiguration(
  type: 'Validating' | 'Mutating',
  name: string,
  webhooks: readonly WebhookSeed[],
  metadata: { labels?: Record<string, string>; annotations?: Record<string, string> } = {},
): Installed {
  return {
    resource: `${type.toLowerCase()}webhookconfigurations.admissionregistration.k8s.io`,
    object: {
      metadata: { name, ...metadata },
      webhooks: webhooks.map(w => ({
        name: w.name,
        admissionReviewVersions: ['v1'],
        clientConfig: {
          caBundle: CA_BUNDLE,
          service: { ...w.service, port: w.service.port ?? 443 },
        },
        failurePolicy: w.failurePolicy ?? 'Fail',
        matchPolicy: 'Equivalent',
        namespaceSelector: w.namespaceSelector ?? {},
        objectSelector: {},
        ...(type === 'Mutating' && { reinvocationPolicy: 'Never' }),
        rules: w.rules.map(r => ({ ...r, scope: '*' })),
        sideEffects: 'None',
        timeoutSeconds: w.timeoutSeconds ?? 10,
      })),
    },
  };
}

/** A condition of a custom object; the installer sets its time. */
export const condition = (
  type: string,
  status: 'True' | 'False' | 'Unknown' = 'True',
  reason?: string,
  message?: string,
) => ({
  type,
  status,
  ...(reason !== undefined && { reason }),
  ...(message !== undefined && { message }),
});

/** A custom object. */
export const custom = (resource: string, apiVersion: string, kind: string, object: Installed['object']): Installed => ({
  resource,
  object: { apiVersion, kind, ...object },
});
