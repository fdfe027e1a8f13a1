import { reaperLooks, revertAll, revertForced } from './acts.ts';
import type { Attack, Rule, Scene } from './attack.ts';
import { expired, facts, marking, type Planted } from './planted.ts';

const RBAC = 'rbac.authorization.k8s.io';
const IMAGE = 'registry.k8s.io/pause:3.10';
const PREFIX = 'chaos.operatorchaos.io/';
const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
const annotated = (annotations: Record<string, string>): string => JSON.stringify({ metadata: { annotations } });
const may = (group: string, resource: string, ...verbs: string[]): Rule => ({
  apiGroups: [group],
  resources: [resource],
  verbs: ['get', ...verbs],
});

interface Victim {
  resource: string;
  object: Planted;
  /** The rest of the words of `kubectl patch`. */
  patch: (scene: Scene) => string[];
  rights: Rule;
  /** Whether the object as it is then is what the attacker wanted. */
  isTaken: (object: Planted, scene: Scene) => boolean;
  act?: Attack['act'];
  everywhere?: true;
}

/** Somebody who may write a part of an object has the rest of it changed by a record. */
function changing(name: string, victim: Victim): Attack {
  const { resource, object, patch, rights, isTaken, act = revertAll, everywhere } = victim;
  const called = (scene: Scene) => (everywhere ? scene.id : String(object.metadata.name));
  return {
    name,
    byRecord: true,
    rights: everywhere ? { everywhere: [rights] } : { here: [rights] },
    async prepare(scene) {
      const made = { ...object, metadata: { ...object.metadata, name: called(scene) } };
      if (everywhere) await scene.admin(['create', '-f', '-'], JSON.stringify(made));
      else await scene.apply(made);
    },
    plant: async scene => void (await scene.attacker(['patch', resource, called(scene), ...patch(scene)])),
    act,
    async gained(scene) {
      const now = (await scene.look(resource, called(scene))) as Planted | undefined;
      return now !== undefined && isTaken(now, scene) ? `${resource} ${called(scene)} was changed` : undefined;
    },
    async tidy(scene) {
      if (everywhere) await scene.admin(['delete', resource, called(scene), '--ignore-not-found', '--wait=false']);
    },
  };
}

const json = (text: string): string[] => ['--type', 'merge', '-p', text];
const status = (text: string): string[] => ['--subresource', 'status', ...json(text)];
const crd = (apiVersion: string, kind: string, path: string, originalValue: unknown) =>
  marking('CRDMutation', { apiVersion, kind, path, originalValue });
const text = (value: unknown): string => JSON.stringify(value) ?? '';

const deployment: Planted = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: IMAGE }] } },
  },
};
const role: Planted = { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name: 'own' }, rules: [] };
const clusterRole: Planted = { ...role, kind: 'ClusterRole' };
/** To `system:discovery`, whose rights everybody holds: the server lets nobody touch a binding that gives more than he has. */
const binding = (kind: string): Planted => ({
  apiVersion: `${RBAC}/v1`,
  kind,
  metadata: { name: 'readers' },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'system:discovery' },
  subjects: [],
});
const self = ({ id }: Scene) => [{ kind: 'ServiceAccount', name: 'attacker', namespace: id }];
const isBound = (object: Planted) => text(object.subjects).includes('attacker');
const image = (text_: string) => ({
  [`${PREFIX}original-image-web`]: text_,
  [`${PREFIX}corrupt-container-name`]: 'web',
});
const service: Planted = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'pay' },
  spec: { selector: { app: 'pay' }, ports: [{ port: 80 }] },
};
const TAKEN = 'example.com/taken:1';

const moreRules = {
  resource: 'roles',
  object: role,
  rights: may(RBAC, 'roles', 'patch'),
  isTaken: ({ rules }: Planted) => text(rules).includes('*'),
};

/** A record by which the role had all rules, with these facts of mayday's own. */
const roleRecord = (mayday: ReturnType<typeof facts>) =>
  marking(
    'CRDMutation',
    { apiVersion: `${RBAC}/v1`, kind: 'Role', path: 'rules', originalValue: everything },
    { mayday },
  );

export const attacks: Attack[] = [
  changing('more rules for a role by a record on it', {
    ...moreRules,
    patch: () => json(crd(`${RBAC}/v1`, 'Role', 'rules', everything)),
  }),
  changing('more rules for a role by a record on it, by the reaper', {
    ...moreRules,
    patch: () => json(roleRecord(facts({ expires: new Date(Date.now() - 3_600_000).toISOString() }))),
    act: reaperLooks,
  }),
  changing('more rules for a cluster role by a record on it', {
    resource: 'clusterroles',
    object: clusterRole,
    rights: may(RBAC, 'clusterroles', 'patch'),
    patch: () => json(crd(`${RBAC}/v1`, 'ClusterRole', 'rules', everything)),
    isTaken: ({ rules }) => text(rules).includes('*'),
    everywhere: true,
  }),
  changing('more rules for a role with a signature made up', {
    ...moreRules,
    patch: () => json(roleRecord(facts({ sig: 'A'.repeat(43) }))),
  }),
  changing('a place among the subjects of a role binding', {
    resource: 'rolebindings',
    object: binding('RoleBinding'),
    rights: may(RBAC, 'rolebindings', 'patch'),
    patch: scene => json(marking('RBACRevoke', self(scene))),
    isTaken: isBound,
  }),
  changing('a place among the subjects of a cluster role binding', {
    resource: 'clusterrolebindings',
    object: binding('ClusterRoleBinding'),
    rights: may(RBAC, 'clusterrolebindings', 'patch'),
    patch: scene => json(marking('RBACRevoke', self(scene))),
    isTaken: isBound,
    everywhere: true,
  }),
  changing('an image by the status of a deployment', {
    resource: 'deployments',
    object: deployment,
    rights: may('apps', 'deployments/status', 'patch'),
    patch: () => status(annotated(image(TAKEN))),
    isTaken: ({ spec }) => text(spec).includes(TAKEN),
    act: revertForced,
  }),
  changing('a pod template by the status of a deployment', {
    resource: 'deployments',
    object: deployment,
    rights: may('apps', 'deployments/status', 'patch'),
    patch: () => status(crd('apps/v1', 'Deployment', 'spec.template.spec.hostNetwork', true)),
    isTaken: ({ spec }) => text(spec).includes('hostNetwork'),
  }),
  changing('a number of replicas by the status of a deployment', {
    resource: 'deployments',
    object: { ...deployment, spec: { ...(deployment.spec as object), replicas: 0 } },
    rights: may('apps', 'deployments/status', 'patch'),
    patch: () => status(annotated({ [`${PREFIX}original-replicas`]: '9' })),
    isTaken: ({ spec }) => (spec as { replicas?: number }).replicas === 9,
  }),
  changing('an image by the status of a deployment, by the reaper', {
    resource: 'deployments',
    object: deployment,
    rights: may('apps', 'deployments/status', 'patch'),
    patch: () => status(annotated({ ...image(TAKEN), ...expired() })),
    isTaken: ({ spec }) => text(spec).includes(TAKEN),
    act: reaperLooks,
  }),
  changing('the pods behind a service by its status', {
    resource: 'services',
    object: service,
    rights: may('', 'services/status', 'patch'),
    patch: () => status(crd('v1', 'Service', 'spec.selector', { app: 'attacker' })),
    isTaken: ({ spec }) => text(spec).includes('attacker'),
  }),
  changing('the taints of a node by its status', {
    resource: 'nodes',
    object: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' } },
    rights: may('', 'nodes/status', 'patch'),
    patch: () => status(crd('v1', 'Node', 'spec.taints', [{ key: 'taken', effect: 'NoSchedule' }])),
    isTaken: ({ spec }) => text(spec).includes('taken'),
    everywhere: true,
  }),
];
