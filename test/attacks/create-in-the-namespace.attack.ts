import { reaperLooks, revertAll, revertForced } from './acts.ts';
import type { Attack, Rule, Scene } from './attack.ts';
import { expired, facts, type Planted, resourceBackup } from './planted.ts';

const secrets: Rule = { apiGroups: [''], resources: ['secrets'], verbs: ['create'] };
const IMAGE = 'registry.k8s.io/pause:3.10';
const RBAC = 'rbac.authorization.k8s.io';
const pod = (more: object = {}, container: object = {}) => ({
  containers: [{ name: 'taken', image: IMAGE, ...container }],
  ...more,
});
const labels = { app: 'taken' };
const workload = (apiVersion: string, kind: string, spec: object): Planted => ({
  apiVersion,
  kind,
  metadata: { name: 'taken' },
  spec,
});
const deployment = (spec: object) =>
  workload('apps/v1', 'Deployment', {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec },
  });

interface How {
  act?: Attack['act'];
  annotations?: () => Record<string, string>;
  prepare?: Attack['prepare'];
  by?: string;
}

/** A backup Secret with an object that whoever may create Secrets may not create himself. */
function fromBackup(what: string, resource: string, object: Planted, how: How = {}): Attack {
  const { act = revertAll, annotations = () => ({}), prepare, by = '' } = how;
  return {
    name: `create ${what} out of a backup Secret${by}`,
    byRecord: true,
    rights: { here: [secrets] },
    ...(prepare ? { prepare } : {}),
    plant: ({ id, plant }) =>
      plant(resourceBackup({ ...object, metadata: { ...object.metadata, namespace: id } }, annotations())),
    act,
    gained: async scene => (await scene.look(resource, String(object.metadata.name))) && `${what} was created`,
  };
}

const bound = async (scene: Scene): Promise<void> =>
  scene.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'strong' } });
const rolebinding: Planted = {
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: { name: 'taken' },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'admin' },
  subjects: [{ kind: 'ServiceAccount', name: 'attacker' }],
};
const role: Planted = {
  apiVersion: `${RBAC}/v1`,
  kind: 'Role',
  metadata: { name: 'taken' },
  rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
};
const privileged = pod({ hostPID: true }, { securityContext: { privileged: true } });
const asStrong = deployment(pod({ serviceAccountName: 'strong' }));
const byReaper: How = { act: reaperLooks, annotations: expired, by: ', by the reaper' };
const madeUp = (): Record<string, string> => ({
  'chaos.operatorchaos.io/mayday': JSON.stringify(facts({ sig: 'c2lnbmVkIGJ5IG5vYm9keQ' })),
});
/** So long that a line of it ends before what decides. */
const padded: Planted = {
  ...rolebinding,
  metadata: { name: 'taken', annotations: { 'a-note': 'all is well '.repeat(200) } },
};

export const attacks: Attack[] = [
  fromBackup('a privileged pod', 'pods', workload('v1', 'Pod', privileged)),
  fromBackup(
    'a pod with the disk of its node',
    'pods',
    workload('v1', 'Pod', pod({ volumes: [{ name: 'host', hostPath: { path: '/' } }] })),
  ),
  fromBackup(
    "a pod that mounts another's Secret",
    'pods',
    workload('v1', 'Pod', pod({ volumes: [{ name: 'other', secret: { secretName: 'of-another' } }] })),
  ),
  fromBackup('a deployment', 'deployments', deployment(pod())),
  fromBackup('a deployment as another ServiceAccount', 'deployments', asStrong, { prepare: bound }),
  fromBackup(
    'a daemon set on the network of its nodes',
    'daemonsets',
    workload('apps/v1', 'DaemonSet', {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: pod({ hostNetwork: true }) },
    }),
  ),
  fromBackup(
    'a cron job as another ServiceAccount',
    'cronjobs',
    workload('batch/v1', 'CronJob', {
      schedule: '* * * * *',
      jobTemplate: { spec: { template: { spec: pod({ serviceAccountName: 'strong', restartPolicy: 'Never' }) } } },
    }),
    { prepare: bound },
  ),
  fromBackup(
    'a service with an address of others',
    'services',
    workload('v1', 'Service', { ports: [{ port: 80 }], externalIPs: ['10.1.2.3'] }),
  ),
  fromBackup(
    'a token of another ServiceAccount',
    'secrets',
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/service-account-token',
      metadata: { name: 'taken', annotations: { 'kubernetes.io/service-account.name': 'strong' } },
    },
    { prepare: bound },
  ),
  fromBackup('a ServiceAccount', 'serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'taken' },
  }),
  fromBackup('a role of everything', 'roles', role),
  fromBackup('a binding to admin', 'rolebindings', rolebinding),
  fromBackup('a padded binding to admin', 'rolebindings', padded, { act: revertForced, by: ', by force' }),
  fromBackup('a configuration of another', 'configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'taken' },
    data: { trusted: 'by another' },
  }),
  fromBackup('a privileged deployment', 'deployments', deployment(privileged), byReaper),
  fromBackup('a deployment as another ServiceAccount', 'deployments', asStrong, { ...byReaper, prepare: bound }),
  fromBackup('a binding to admin', 'rolebindings', rolebinding, byReaper),
  fromBackup('a plain deployment', 'deployments', deployment(pod()), byReaper),
  fromBackup('a deployment', 'deployments', deployment(pod()), {
    annotations: madeUp,
    by: ' with a made-up signature',
  }),
  fromBackup('a role of everything', 'roles', role, { annotations: madeUp, by: ' with a made-up signature' }),
];
