import { reaperLooks, revertAll, revertForced } from './acts.ts';
import type { Attack, Scene } from './attack.ts';
import { expired, type Planted } from './planted.ts';

const PSA = { 'pod-security.kubernetes.io/enforce': 'privileged' };

const backup = (namespace: string, annotations: Record<string, string> = {}): Planted => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: `chaos-rollback-ns-${namespace}`,
    namespace: 'default',
    labels: {
      'app.kubernetes.io/managed-by': 'operator-chaos',
      'chaos.operatorchaos.io/type': 'NamespaceDeletion',
    },
    annotations,
  },
  data: { labels: JSON.stringify(PSA), annotations: 'null' },
});

const tidy = async ({ id, admin }: Scene): Promise<void> => {
  for (const name of [id, `${id}-new`])
    await admin(['-n', 'default', 'delete', 'configmap', `chaos-rollback-ns-${name}`, '--ignore-not-found']);
  await admin(['delete', 'namespace', `${id}-new`, '--ignore-not-found', '--wait=false']);
};
const rights = { inDefault: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }] };

export const attacks: Attack[] = [
  {
    name: 'a namespace of any labels out of a backup in default',
    byRecord: true,
    rights,
    plant: scene => scene.plant(backup(`${scene.id}-new`)),
    act: revertAll,
    gained: async scene => (await scene.look('namespace', `${scene.id}-new`)) && 'the namespace was created',
    tidy,
  },
  {
    name: 'a namespace of any labels out of a backup in default, by the reaper',
    byRecord: true,
    rights,
    plant: scene => scene.plant(backup(`${scene.id}-new`, expired())),
    act: reaperLooks,
    gained: async scene => (await scene.look('namespace', `${scene.id}-new`)) && 'the namespace was created',
    tidy,
  },
  {
    name: 'other labels for a namespace that is there, by force',
    byRecord: true,
    rights,
    plant: scene => scene.plant(backup(scene.id)),
    act: revertForced,
    async gained(scene) {
      const now = JSON.stringify((await scene.look('namespace', scene.id))?.metadata);
      return now.includes('privileged') ? 'the namespace has the labels' : undefined;
    },
    tidy,
  },
];
