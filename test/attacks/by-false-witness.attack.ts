import { definition, version } from '../support/definition.ts';
import { revertAll, revertForced } from './acts.ts';
import { type Attack, may, type Scene } from './attack.ts';
import { type Planted, record, resourceBackup } from './planted.ts';

const FRAMEWORK = 'chaos.operatorchaos.io';
const secrets = may('', 'secrets', 'create');
const IMAGE = 'registry.k8s.io/pause:3.10';
const deployment = ({ id }: Scene): Planted => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'taken', namespace: id },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'taken' } },
    template: { metadata: { labels: { app: 'taken' } }, spec: { containers: [{ name: 'taken', image: IMAGE }] } },
  },
});
const wasCreated = async (scene: Scene) => (await scene.look('deployments', 'taken')) && 'the deployment was created';

/** A kind of somebody else's software, as a cluster has it where that is installed. */
const kindOf = (group: string, kind: string, served: string): Planted =>
  definition(group, kind, [version(served, { status: true })]);

/** The kinds that a scene installed itself: what the cluster had before is not taken away. */
const installed = new WeakMap<Scene, Set<string>>();

/** Installs a kind, unless the cluster has it, and waits until the server knows it. */
async function install(scene: Scene, crd: Planted): Promise<void> {
  const name = String(crd.metadata.name);
  if ((await scene.admin(['get', 'crd', name, '--ignore-not-found', '-o', 'name'])).trim() !== '') return;
  installed.set(scene, (installed.get(scene) ?? new Set()).add(name));
  await scene.admin(['apply', '-f', '-'], JSON.stringify(crd));
  await scene.admin(['wait', '--for=condition=Established', `crd/${name}`, '--timeout=30s']);
}

/** Takes a kind that was installed away with all of its objects. */
async function uninstall(scene: Scene, crd: Planted): Promise<void> {
  const name = String(crd.metadata.name);
  if (installed.get(scene)?.has(name))
    await scene.admin(['delete', 'crd', name, '--ignore-not-found', '--timeout=30s']);
}

const argo = kindOf('argoproj.io', 'Application', 'v1alpha1');
const chaos = kindOf(FRAMEWORK, 'ChaosExperiment', 'v1alpha1');

export const attacks: Attack[] = [
  {
    name: 'a deployment out of a backup that a ChaosExperiment without status speaks for',
    byRecord: true,
    // One rule: whether he has it is asked of Secrets, since the kind is only installed then.
    rights: { here: [{ apiGroups: ['', FRAMEWORK], resources: ['secrets', 'chaosexperiments'], verbs: ['create'] }] },
    prepare: scene => install(scene, chaos),
    plant: scene =>
      scene.plant(
        {
          apiVersion: `${FRAMEWORK}/v1alpha1`,
          kind: 'ChaosExperiment',
          metadata: { name: 'witness' },
          spec: { injection: { type: 'ResourceDeletion', parameters: { resourceName: 'taken', kind: 'Deployment' } } },
          // The server drops it from whoever may not write the status.
          status: { phase: 'Injecting', injectionStartedAt: new Date().toISOString() },
        },
        resourceBackup(deployment(scene)),
      ),
    act: revertAll,
    gained: wasCreated,
    tidy: scene => uninstall(scene, chaos),
  },
  {
    name: 'a deployment out of a backup that Events speak for',
    byRecord: true,
    rights: { here: [secrets, may('', 'events', 'create')] },
    plant: scene =>
      scene.plant(
        {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: 'witness' },
          involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'taken', namespace: scene.id },
          reason: 'FaultInjected',
          message: 'ResourceDeletion of Deployment taken',
          source: { component: 'operator-chaos' },
          type: 'Normal',
          firstTimestamp: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
          lastTimestamp: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
        },
        resourceBackup(deployment(scene)),
      ),
    act: revertAll,
    gained: wasCreated,
  },
  {
    name: 'an application of a deployer out of a backup Secret',
    byRecord: true,
    rights: { here: [secrets] },
    prepare: scene => install(scene, argo),
    plant: scene =>
      scene.plant(
        resourceBackup({
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Application',
          metadata: { name: 'taken', namespace: scene.id },
          spec: { project: 'default', source: { repoURL: 'https://example.com/taken' } },
        }),
      ),
    act: revertAll,
    gained: async scene => (await scene.look('applications.argoproj.io', 'taken')) && 'the application was created',
    tidy: scene => uninstall(scene, argo),
  },
  {
    name: "another's Secret changed by a drift backup that names it",
    byRecord: true,
    rights: { here: [secrets] },
    prepare: scene =>
      scene.apply({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'of-another' },
        data: { word: Buffer.from('kept').toString('base64') },
      }),
    plant: scene =>
      scene.plant({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: 'chaos-rollback-of-another-word',
          labels: { 'app.kubernetes.io/managed-by': 'operator-chaos', [`${FRAMEWORK}/type`]: 'ConfigDrift' },
          annotations: { [`${FRAMEWORK}/original-secret`]: 'of-another' },
        },
        data: {
          word: Buffer.from('taken').toString('base64'),
          keyExists: Buffer.from('true').toString('base64'),
        },
      }),
    act: revertForced,
    async gained(scene) {
      const data = (await scene.look('secrets', 'of-another'))?.data as Record<string, string> | undefined;
      return data?.word === Buffer.from('kept').toString('base64') ? undefined : 'the value of the Secret was changed';
    },
  },
  {
    name: 'other labels for a namespace by a record that came through its status',
    byRecord: true,
    rights: { everywhere: [may('', 'namespaces/status', 'get', 'patch')] },
    plant: async scene =>
      void (await scene.attacker([
        'patch',
        'namespace',
        scene.id,
        '--subresource',
        'status',
        '--type',
        'merge',
        '-p',
        JSON.stringify({
          metadata: {
            labels: { [`${FRAMEWORK}/type`]: 'LabelStomping', team: 'taken' },
            annotations: {
              [`${FRAMEWORK}/rollback-data`]: record({
                existed: true,
                labelKey: 'pod-security.kubernetes.io/enforce',
                originalValue: 'privileged',
              }),
            },
          },
        }),
      ])),
    act: revertForced,
    // Whoever reverts everything next would wait until this namespace is gone.
    async tidy(scene) {
      await scene.admin(['label', 'namespace', scene.id, `${FRAMEWORK}/type-`]);
      await scene.admin(['annotate', 'namespace', scene.id, `${FRAMEWORK}/rollback-data-`]);
    },
    async gained(scene) {
      const { metadata } = (await scene.look('namespace', scene.id)) as Planted;
      const labels = metadata.labels as Record<string, string>;
      return labels['pod-security.kubernetes.io/enforce'] === undefined ? undefined : 'the namespace admits any pod';
    },
  },
];
