import type { Json } from './value.ts';

type Meta = Json & { name?: string };

const meta = (name: string, more: Json): Meta => ({ ...(name ? { name } : {}), ...more });

/** An object of any kind; `parts` are its members besides the metadata. */
export const object = (apiVersion: string, kind: string, name: string, parts: Json = {}, more: Json = {}): Json => ({
  apiVersion,
  kind,
  metadata: meta(name, more),
  ...parts,
});

export const configMap = (name: string, data: Json = { a: '1' }, more: Json = {}): Json =>
  object('v1', 'ConfigMap', name, { data }, more);

export const container = (more: Json = {}): Json => ({ name: 'app', image: 'registry.example.com/app:1', ...more });

export const podSpec = (more: Json = {}): Json => ({ containers: [container()], ...more });

export const pod = (name: string, spec: Json = podSpec(), more: Json = {}): Json =>
  object('v1', 'Pod', name, { spec }, more);

export const template = (app: string, spec: Json = podSpec()): Json => ({ metadata: { labels: { app } }, spec });

/** A workload that selects `app=<name>`. */
export const workload = (kind: string, name: string, spec: Json = {}): Json =>
  object('apps/v1', kind, name, {
    spec: { selector: { matchLabels: { app: name } }, template: template(name), ...spec },
  });

export const service = (name: string, spec: Json): Json => object('v1', 'Service', name, { spec });

export const role = (name: string, rules: readonly Json[], kind = 'Role'): Json =>
  object('rbac.authorization.k8s.io/v1', kind, name, { rules });

export const rule = (verbs: string[], resources: string[], apiGroups: string[] = [''], more: Json = {}): Json => ({
  verbs,
  apiGroups,
  resources,
  ...more,
});

export const binding = (name: string, roleName: string, subjects: readonly Json[], kind = 'Role'): Json =>
  object('rbac.authorization.k8s.io/v1', kind === 'cluster' ? 'ClusterRoleBinding' : 'RoleBinding', name, {
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: kind === 'Role' ? 'Role' : 'ClusterRole',
      name: roleName,
    },
    subjects,
  });

export const user = (name: string): Json => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });

/** A webhook configuration with one webhook that is called for ConfigMaps of the scenario's namespace. */
export const webhooks = (kind: 'Validating' | 'Mutating', name: string, more: Json = {}): Json =>
  object('admissionregistration.k8s.io/v1', `${kind}WebhookConfiguration`, name, {
    webhooks: [
      {
        name: `${name}.example.com`,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 2,
        clientConfig: { service: { namespace: '<ns>', name: 'hook' } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': '<ns>' } },
        ...more,
      },
    ],
  });

/** A CustomResourceDefinition of `<plural>.<group>` with one version, or those given. */
export const definition = (group: string, kind: string, spec: Json): Json => {
  const singular = kind.toLowerCase();
  return object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `${singular}s.${group}`, {
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: `${singular}s`, singular, kind, listKind: `${kind}List` },
      ...spec,
    },
  });
};
