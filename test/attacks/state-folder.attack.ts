import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { drift } from '../e2e/journeys/objects.ts';
import type { Attack, Scene } from './attack.ts';
import { isCareless } from './careless.ts';
import { folderOf, HUNG, maydayOf, together } from './person.ts';
import { HONEST, honestInjection, type Planted, resourceBackup } from './planted.ts';

const stateOf = (scene: Scene): string => join(scene.folder, 'state', 'mayday');
const ANOTHER = 12_345;

/** What another user of the machine did to the admin's state folder before mayday first came. */
const SPOILT: Record<string, (scene: Scene) => void> = {
  'that is open to all': scene => chmodSync(stateOf(scene), 0o777),
  'that is a link to a folder elsewhere': scene => {
    rmSync(stateOf(scene), { recursive: true });
    symlinkSync(folderOf(scene, 'elsewhere'), stateOf(scene));
  },
  // Only root can make files of somebody else.
  ...(process.getuid?.() === 0 && {
    'of another user': (scene: Scene) => chownSync(stateOf(scene), ANOTHER, ANOTHER),
  }),
};

const makeState = (scene: Scene): void => void mkdirSync(stateOf(scene), { recursive: true, mode: 0o700 });

const leaveAnInjection = (scene: Scene): Promise<void> => scene.apply(honestInjection());

/** A run leaves nothing that others could read or change, and nothing without a journal; a revert puts back all the same. */
const spoilt = ([what, spoil]: [string, (scene: Scene) => void]): Attack => ({
  name: `get at journals, or stop a revert, by a state folder ${what}`,
  async prepare(scene) {
    await scene.set();
    await leaveAnInjection(scene);
  },
  async plant(scene) {
    makeState(scene);
    spoil(scene);
  },
  act: async scene =>
    together([
      await maydayOf(scene, ['-o', 'jsonl', 'run', scene.faultSpec(drift), '--yes', '--soak', '1s']),
      await maydayOf(scene, ['revert', '--all', '--yes', '-n', scene.namespace]),
    ]),
  async gained(scene, { stdout, stderr }) {
    if (HUNG.test(stderr)) return 'a command that hangs';
    if (stdout.includes('"injected"')) return 'an injection without a journal of ours';
    if (await scene.look('resourcequota', HONEST)) return 'a real injection was left in';
    const told = stderr.match(/mayday: .*receipts could not be kept: .*/g)?.length;
    if (told !== 1) return `nobody was told once that nothing is kept, but ${told ?? 0} times`;
    return readdirSync(stateOf(scene)).length === 0 ? undefined : 'journals where others have their hands';
  },
});

const labels = { app: 'taken' };
const taken = (scene: Scene): Planted => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'taken', namespace: scene.namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'taken', image: 'registry.k8s.io/pause:3.10' }] },
    },
  },
});

const RUN = '20260101-000000000-000000';

/** A journal that says that this machine made the backup that the attacker made. */
async function plantJournal(scene: Scene, backup: Planted): Promise<string> {
  const uid = await scene.admin(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
  const { apiVersion, kind, metadata } = backup;
  const on = { apiVersion, kind, name: metadata.name, namespace: scene.namespace };
  const at = Date.now();
  const type = 'ResourceDeletion';
  const entries = [
    {
      entry: 'begin',
      run: RUN,
      startedAt: at,
      pid: 1,
      host: hostname(),
      version: '0',
      context: 'x',
      server: 'x',
      user: 'x',
      clusterUid: uid,
      experiment: { name: 'x', path: 'x', sha256: 'x', type },
    },
    { entry: 'intent', at, id: 'x', purpose: 'inject', step: 1, of: 1, write: { verb: 'create', on, says: 'x' } },
    { entry: 'end', verdict: 'Resilient', residue: 0 },
  ];
  const folder = join(stateOf(scene), 'runs', RUN);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'journal.jsonl');
  writeFileSync(path, entries.map(entry => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 });
  return path;
}

/** How the journal can be seen not to be ours. With `--careless` it cannot, and the attack must gain. */
const FOREIGN: Record<string, (scene: Scene, path: string) => void> = {
  'that others may write': (_scene, path) => chmodSync(path, 0o666),
  'in a folder of runs that is open to others': scene => chmodSync(join(stateOf(scene), 'runs'), 0o777),
  'behind a link': (scene, path) => {
    const folder = join(path, '..');
    const elsewhere = join(scene.folder, 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o700 });
    writeFileSync(join(elsewhere, 'journal.jsonl'), '');
    rmSync(folder, { recursive: true });
    symlinkSync(elsewhere, folder);
  },
  ...(process.getuid?.() === 0 && {
    'of another user': (_scene: Scene, path: string) => chownSync(path, ANOTHER, ANOTHER),
  }),
};

const planted = ([what, spoil]: [string, (scene: Scene, path: string) => void]): Attack => ({
  name: `create a deployment out of a backup Secret that a journal ${what} vouches for`,
  byRecord: true,
  rights: { here: [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }] },
  prepare: leaveAnInjection,
  async plant(scene) {
    makeState(scene);
    const backup = resourceBackup(taken(scene));
    await scene.plant(backup);
    const path = await plantJournal(scene, backup);
    if (!isCareless()) spoil(scene, path);
  },
  // Always the real product: what must be believed is a journal that nobody can see not to be ours.
  act: async scene =>
    together([
      await maydayOf(scene, ['revert', '--all', '--yes', '-n', scene.namespace], { env: { NODE_OPTIONS: '' } }),
    ]),
  async gained(scene, { stderr }) {
    if (await scene.look('deployment', 'taken')) return 'a deployment was created';
    if (await scene.look('resourcequota', HONEST)) return 'a real injection was left in';
    return /not trusted|receipts could not be kept/.test(stderr) ? undefined : 'nobody was told of the journal';
  },
});

export const attacks: Attack[] = [...Object.entries(SPOILT).map(spoilt), ...Object.entries(FOREIGN).map(planted)];
