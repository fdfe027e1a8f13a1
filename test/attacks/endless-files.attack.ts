import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drift, experiment } from '../e2e/journeys/objects.ts';
import type { Attack, Scene } from './attack.ts';
import { folderOf, HUNG, maydayOf, type Outcome, together } from './person.ts';

/** What has no end, or no content, where somebody reads a file. */
const ENDLESS: Record<string, (path: string) => void> = {
  'a pipe': path => void execFileSync('mkfifo', [path]),
  '/dev/zero': path => symlinkSync('/dev/zero', path),
  'links in a circle': path => symlinkSync(path, path),
};

const run = (scene: Scene, file = scene.faultSpec(drift)) => ['-o', 'jsonl', 'run', file, '--yes', '--soak', '1s'];

/** Where it stands, and who comes across it. The configuration also says which contexts are protected. */
const PLACES: Record<string, { path(scene: Scene): string; come(scene: Scene, path: string): Promise<Outcome> }> = {
  'an experiment': {
    path: scene => join(folderOf(scene, 'files'), 'one.yaml'),
    come: (scene, path) => maydayOf(scene, run(scene, path)),
  },
  'the configuration': {
    path: scene => join(folderOf(scene, 'other/mayday'), 'config.yaml'),
    come: (scene, path) => maydayOf(scene, run(scene), { env: { XDG_CONFIG_HOME: join(path, '../..') } }),
  },
  'the kubeconfig': {
    path: scene => join(folderOf(scene, 'files'), 'kubeconfig'),
    come: (scene, path) => maydayOf(scene, ['scan'], { as: path }),
  },
  'the certificate authority': {
    path: scene => join(folderOf(scene, 'files'), 'ca.crt'),
    async come(scene, path) {
      const kubeconfig = join(scene.folder, 'named');
      const words = ['config', 'view', '--raw', '--minify', '-o', 'json'];
      const config = JSON.parse(await scene.admin(words));
      const [{ cluster }] = config.clusters;
      delete cluster['certificate-authority-data'];
      cluster['certificate-authority'] = path;
      writeFileSync(kubeconfig, JSON.stringify(config));
      return maydayOf(scene, ['scan'], { as: kubeconfig });
    },
  },
};

const one = (place: string, what: string, make: (path: string) => void): Attack => {
  const { path, come } = PLACES[place] ?? {};
  if (path === undefined || come === undefined) throw new Error(`no such place: ${place}`);
  return {
    name: `hang a command, or unprotect a context, by ${what} as ${place}`,
    prepare: scene => scene.set(),
    plant: async scene => make(path(scene)),
    act: async scene => together([await come(scene, path(scene))]),
    async gained(_scene, { code, stdout, stderr }) {
      if (HUNG.test(stderr)) return 'a command that hangs';
      if (code === 0 || stdout.includes('"injected"')) return 'the command went on without the file';
      return /internal error|^ {4}at /m.test(stderr) ? 'the program broke' : undefined;
    },
  };
};

export const attacks: Attack[] = [
  ...Object.keys(PLACES).flatMap(place => Object.entries(ENDLESS).map(([what, make]) => one(place, what, make))),
  {
    name: 'read experiments for ever by a folder that holds itself',
    async plant(scene) {
      const folder = folderOf(scene, 'files');
      writeFileSync(join(folder, 'one.yaml'), JSON.stringify(experiment(scene.namespace, drift)));
      symlinkSync(folder, join(folder, 'again'));
      symlinkSync(join(folder, 'again', 'again'), join(folder, 'and-again'));
    },
    act: async scene => together([await maydayOf(scene, ['-o', 'json', 'validate', folderOf(scene, 'files')])]),
    async gained(_scene, { stdout, stderr }) {
      if (HUNG.test(stderr)) return 'a command that hangs';
      const { files } = JSON.parse(stdout) as { files: unknown[] };
      return files.length === 1 ? undefined : `one file was read ${files.length} times`;
    },
  },
];
