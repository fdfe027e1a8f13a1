import { revertAll } from './acts.ts';
import type { Attack, AttackerRights, Scene } from './attack.ts';

const LABEL = 'chaos.operatorchaos.io/type';
const IN_DEFAULT: AttackerRights = {
  inDefault: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'delete', 'patch'] }],
};
/** What a revert waits for at most, with everything else that it does. */
const LONGEST_MS = 75_000;
const stuck = ({ id }: Scene) => `${id}-stuck`;
const LATCH = 'mayday-latch';
const [ESC, BEL] = [String.fromCharCode(27), String.fromCharCode(7)];
let tookMs = 0;

export const attacks: Attack[] = [
  {
    name: 'hold up a revert by the backup of a namespace that never goes',
    rights: IN_DEFAULT,
    async prepare(scene) {
      const held = { name: 'held', namespace: stuck(scene), finalizers: ['example.com/never'] };
      for (const object of [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: stuck(scene) } },
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: held },
      ])
        await scene.admin(['create', '-f', '-'], JSON.stringify(object));
      await scene.admin(['delete', 'namespace', stuck(scene), '--wait=false']);
    },
    plant: scene =>
      scene.plant({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: `chaos-rollback-ns-${stuck(scene)}`,
          namespace: 'default',
          labels: { [LABEL]: 'NamespaceDeletion', 'app.kubernetes.io/managed-by': 'operator-chaos' },
        },
        data: { labels: 'null', annotations: 'null' },
      }),
    async act(scene) {
      const began = performance.now();
      const ended = await revertAll(scene);
      tookMs = performance.now() - began;
      return ended;
    },
    async gained(_, { stderr }) {
      if (tookMs > LONGEST_MS) return `the revert took ${Math.round(tookMs / 1000)}s`;
      return /waiting, \d+s more at most/.test(stderr)
        ? undefined
        : 'nobody was told what is waited for, and for how long';
    },
    async tidy(scene) {
      await scene.admin([
        'delete',
        'configmap',
        `chaos-rollback-ns-${stuck(scene)}`,
        '-n',
        'default',
        '--ignore-not-found',
      ]);
      const free = '{"metadata":{"finalizers":null}}';
      await scene.admin(['patch', 'configmap', 'held', '-n', stuck(scene), '--type=merge', '-p', free]);
    },
  },
  {
    name: 'have the latch said to be off while a finalizer holds it',
    rights: IN_DEFAULT,
    async prepare(scene) {
      await scene.admin(['delete', 'configmap', LATCH, '-n', 'default', '--ignore-not-found']);
    },
    plant: scene =>
      scene.plant({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: LATCH, namespace: 'default', finalizers: ['example.com/never'] },
        data: { by: `${ESC}]52;c;x${BEL}`, why: 'x'.repeat(100_000), at: 'never' },
      }),
    act: scene => scene.mayday(['latch', 'off']),
    async gained(_, { stdout, stderr, code }) {
      if ([ESC, BEL].some(byte => `${stdout}${stderr}`.includes(byte))) return 'bytes of his own on the terminal';
      return code === 0 || /latch off/.test(stdout) ? 'the latch was said to be off' : undefined;
    },
    async tidy(scene) {
      await scene
        .admin(['patch', 'configmap', LATCH, '-n', 'default', '--type=merge', '-p', '{"metadata":{"finalizers":null}}'])
        .catch(() => undefined);
      await scene.admin(['delete', 'configmap', LATCH, '-n', 'default', '--ignore-not-found']);
    },
  },
  {
    name: 'have the latch said to be on while it is going away',
    rights: IN_DEFAULT,
    async prepare(scene) {
      await scene.admin(['delete', 'configmap', LATCH, '-n', 'default', '--ignore-not-found']);
    },
    async plant(scene) {
      await scene.plant({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: LATCH, namespace: 'default', finalizers: ['example.com/never'] },
      });
      await scene.attacker(['-n', 'default', 'delete', 'configmap', LATCH, '--wait=false']);
    },
    act: scene => scene.mayday(['latch', 'on']),
    async gained(_, { stdout, code }) {
      return code === 0 || /latch ON/.test(stdout) ? 'the latch was said to be on' : undefined;
    },
    async tidy(scene) {
      await scene
        .admin(['patch', 'configmap', LATCH, '-n', 'default', '--type=merge', '-p', '{"metadata":{"finalizers":null}}'])
        .catch(() => undefined);
    },
  },
];
