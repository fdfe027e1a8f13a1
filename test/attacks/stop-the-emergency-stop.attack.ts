import type { Ended } from '../e2e/providers/kubectl.ts';
import { reaperLooks, revertAll } from './acts.ts';
import type { Attack, AttackerRights, Scene } from './attack.ts';
import { expired, facts, HONEST, honestInjection, type Planted, rawRecord, record } from './planted.ts';

const LABEL = 'chaos.operatorchaos.io/type';
const RECORD = 'chaos.operatorchaos.io/rollback-data';
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

const may = (group: string, ...resources: string[]) => ({ apiGroups: [group], resources, verbs: ['create'] });
const HERE: AttackerRights = { here: [may('', 'configmaps', 'secrets', 'services'), may('apps', 'deployments')] };
const IN_DEFAULT: AttackerRights = { inDefault: [may('', 'configmaps'), may('coordination.k8s.io', 'leases')] };

const leaveAnInjection = (scene: Scene): Promise<void> => scene.apply(honestInjection(expired()));

async function wasStopped(scene: Scene, ended: Ended): Promise<string | undefined> {
  if (/internal error|fault of mayday|^ {4}at /m.test(`${ended.stdout}${ended.stderr}`)) return 'the program broke';
  return (await scene.look('resourcequota', HONEST)) && 'a real injection was left in';
}

/** Junk that whoever looks for injections must read, and an injection that must be put back all the same. */
function junk(what: string, rights: AttackerRights, objects: (scene: Scene) => Planted[]): Attack {
  return {
    name: `stop a revert of everything by ${what}`,
    rights,
    prepare: leaveAnInjection,
    plant: scene => scene.plant(...objects(scene)),
    act: revertAll,
    gained: wasStopped,
    async tidy(scene) {
      for (const { kind, metadata } of objects(scene))
        if (metadata.namespace !== undefined)
          await scene.admin([
            'delete',
            String(kind),
            String(metadata.name),
            '-n',
            'default',
            '--ignore-not-found',
            '--wait=false',
          ]);
    },
  };
}

const carrier = (name: string, type: string | undefined, annotations: Record<string, string>): Planted => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, annotations, ...(type === undefined ? {} : { labels: { [LABEL]: type } }) },
  data: {},
});
const marked = (type: string, text: string): Planted[] => [carrier('junk', type, { [RECORD]: text })];
const secret = (name: string, type: string, data: Record<string, string>): Planted => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, labels: { [LABEL]: type } },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
});
const deployment = (annotations: Record<string, string>, type: string): Planted => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'junk', annotations, labels: { [LABEL]: type } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'junk' } },
    template: {
      metadata: { labels: { app: 'junk' } },
      spec: { containers: [{ name: 'constructor', image: 'registry.k8s.io/pause:3.10' }] },
    },
  },
});
const P = 'chaos.operatorchaos.io/';

export const attacks: Attack[] = [
  junk('broken JSON inside a valid record', HERE, () =>
    marked('OwnerRefOrphan', record({ ownerReferences: '[{"uid":' })),
  ),
  junk('an owner that is null', HERE, () => marked('OwnerRefOrphan', record({ ownerReferences: '[null]' }))),
  junk('a label named constructor', HERE, () =>
    marked('LabelStomping', record({ existed: true, labelKey: 'constructor', originalValue: 'x' })),
  ),
  junk('a key named __proto__', HERE, () =>
    marked('ConfigDrift', record({ resourceType: 'ConfigMap', key: '__proto__', originalValue: 'x' })),
  ),
  junk('a number that no machine holds', HERE, () =>
    marked('CRDMutation', rawRecord('{"path":"data.a","originalValue":1e999}')),
  ),
  junk('a record of 20,000 nested brackets', HERE, () =>
    marked('CRDMutation', rawRecord(`{"path":"data.a","originalValue":${nested(20_000)}}`)),
  ),
  junk('facts of 20,000 nested brackets', HERE, () => [
    carrier('junk', 'QuotaExhaustion', { [`${P}mayday`]: nested(20_000) }),
  ]),
  junk('a type that is the name of a function', HERE, () => [
    carrier('junk', 'constructor', {}),
    carrier('junk-2', 'toString', {}),
  ]),
  junk('times that no calendar has', HERE, () => [
    carrier('junk', 'QuotaExhaustion', {
      [`${P}expires`]: '+999999-99-99T99:99:99Z',
      [`${P}mayday`]: JSON.stringify(facts({ at: '1e999', expires: '-1' })),
    }),
  ]),
  junk('backups that hold no object', HERE, () => [
    secret('chaos-backup-secret-a', 'SecretDeletion', { 'secret-backup': 'null' }),
    secret('chaos-backup-resource-configmap-b', 'ResourceDeletion', { 'resource-backup': nested(20_000) }),
    secret('chaos-backup-resource-configmap-c', 'ResourceDeletion', { 'resource-backup': '{"metadata":{"name":"c"' }),
  ]),
  junk('a backup of a Service whose ports are null', HERE, ({ namespace }) => [
    secret('chaos-backup-resource-service-d', 'ResourceDeletion', {
      'resource-backup': JSON.stringify({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'd', namespace, labels: null, ownerReferences: [null], finalizers: 'x' },
        spec: { ports: [null], clusterIPs: 5, clusterIP: {} },
      }),
    }),
  ]),
  junk('a drift backup that leads to itself', HERE, () => [
    secret('chaos-rollback-x-a', 'ConfigDrift', { keyExists: 'x', a: '' }),
  ]),
  junk('a former number of replicas that is none', HERE, () => [
    deployment({ [`${P}original-replicas`]: '1e999' }, 'DeploymentScaleZero'),
  ]),
  junk('a former command that is broken JSON', HERE, () => [
    deployment(
      { [`${P}crash-container-name`]: 'constructor', [`${P}original-command-constructor`]: '[[' },
      'CrashLoopInject',
    ),
  ]),
  junk('forty records at once', HERE, () =>
    Array.from({ length: 40 }, (_, index) => carrier(`junk-${index}`, 'LabelStomping', { [RECORD]: nested(index) })),
  ),
  junk('a namespace backup of junk', IN_DEFAULT, ({ id }) => [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: `chaos-rollback-ns-${id}-none`,
        namespace: 'default',
        labels: { [LABEL]: 'NamespaceDeletion' },
      },
      data: { labels: nested(20_000), annotations: '{"a":{}}' },
    },
  ]),
  junk('a lock that lasts for ever and was never taken', IN_DEFAULT, ({ id }) => [
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: `operator-chaos-lock-${id}`,
        namespace: 'default',
        labels: { 'app.kubernetes.io/managed-by': 'operator-chaos' },
        annotations: { 'mayday/lock-keeper': '{"pid":1e999,"machine":{}}' },
      },
      spec: {
        holderIdentity: `${String.fromCharCode(27)}[2Jroot`,
        leaseDurationSeconds: 2_147_483_647,
        acquireTime: '9999-12-31T23:59:59.000000Z',
      },
    },
  ]),
  {
    name: 'stop the reaper by records that cannot be read',
    rights: HERE,
    prepare: leaveAnInjection,
    plant: scene =>
      scene.plant(
        ...marked('OwnerRefOrphan', record({ ownerReferences: '[{' })),
        carrier('junk-2', 'CRDMutation', { ...expired(), [RECORD]: nested(20_000) }),
        secret('chaos-backup-resource-configmap-b', 'ResourceDeletion', { 'resource-backup': 'null' }),
      ),
    act: reaperLooks,
    gained: wasStopped,
  },
];
