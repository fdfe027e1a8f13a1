import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drift } from '../e2e/journeys/objects.ts';
import { runProgram } from '../e2e/providers/kubectl.ts';
import type { Attack, Scene } from './attack.ts';
import { folderOf, HUNG, maydayOf, together } from './person.ts';

const PRECIOUS = 'apiVersion: v1\nkind: Config\n';

/** The admin's kubeconfig with another name for its context. */
async function renamed(scene: Scene, name: string): Promise<string> {
  const path = join(scene.folder, 'renamed');
  copyFileSync(scene.provider.kubeconfig, path);
  const kubectl = (...words: string[]) => runProgram('kubectl', ['--kubeconfig', path, 'config', ...words]);
  const { stdout } = await kubectl('current-context');
  const { code, stderr } = await kubectl('rename-context', stdout.trim(), name);
  if (code !== 0) throw new Error(stderr);
  return path;
}

/** A run against a context of this name, which a pattern with many stars is asked about. */
const stars = (what: string, pattern: string): Attack => ({
  name: `inject into a protected context, or hang, by a pattern ${what}`,
  prepare: scene => scene.set(),
  async plant(scene) {
    const text = JSON.stringify({ guardian: 'off', protected: [pattern, '*aaa'] });
    writeFileSync(join(folderOf(scene, 'other/mayday'), 'config.yaml'), text);
  },
  async act(scene) {
    const as = await renamed(scene, 'a'.repeat(120));
    const words = ['-o', 'jsonl', 'run', scene.faultSpec(drift), '--yes', '--soak', '1s'];
    return together([await maydayOf(scene, words, { as, env: { XDG_CONFIG_HOME: join(scene.folder, 'other') } })]);
  },
  async gained(_scene, { code, stdout, stderr }) {
    if (HUNG.test(stderr)) return 'a command that hangs';
    return code === 0 || stdout.includes('"injected"') ? 'an injection without the name of the context' : undefined;
  },
});

/** `sandbox --kubeconfig-out` where a file is that somebody needs. */
const out = (what: string, place: (scene: Scene, victim: string) => string, ...more: string[]): Attack => ({
  name: `overwrite a kubeconfig by ${what}`,
  async plant(scene) {
    place(scene, scene.write('victim', PRECIOUS));
  },
  act: async scene =>
    together([
      await maydayOf(scene, ['sandbox', 'healthy', '--attached', '--kubeconfig-out', pathOf(scene, what), ...more]),
    ]),
  async gained(scene, { code, stderr }) {
    if (HUNG.test(stderr)) return 'a command that hangs';
    if (readFileSync(join(scene.folder, 'victim'), 'utf8') !== PRECIOUS) return 'the kubeconfig is lost';
    return code === 0 ? 'the place was taken without a word' : undefined;
  },
});
const pathOf = (scene: Scene, what: string): string => join(scene.folder, what.includes('link') ? 'link' : 'victim');

export const attacks: Attack[] = [
  stars('of many stars that does not fit', `${'*a'.repeat(60)}*b`),
  stars('of many stars that fits', `${'*a'.repeat(60)}*`),
  out('naming it as the place for that of a sandbox', (_scene, victim) => victim),
  out('a link at the place for that of a sandbox', (scene, victim) => link(scene, victim)),
  out('a link at the place for that of a sandbox, with --force', (scene, victim) => link(scene, victim), '--force'),
];

function link(scene: Scene, victim: string): string {
  const path = join(scene.folder, 'link');
  symlinkSync(victim, path);
  return path;
}
