import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forbiddenIn, HOSTILE } from '../cli/hostile.ts';
import { drift, experiment, type Thing } from '../e2e/journeys/objects.ts';
import type { Attack, Scene } from './attack.ts';
import { folderOf, HUNG, maydayOf, together } from './person.ts';

/** Where somebody who writes experiments may put a text; each makes a file that is refused, but for the last. */
const PLACES: Record<string, (made: Thing, text: string) => void> = {
  name: (made, text) => {
    made.metadata.name = text;
  },
  namespace: (made, text) => {
    made.spec.blastRadius.allowedNamespaces = [text];
  },
  danger: (made, text) => {
    made.spec.injection.dangerLevel = text;
  },
  type: (made, text) => {
    made.spec.injection.type = text;
  },
  parameter: (made, text) => {
    made.spec.injection.parameters[text] = 'x';
  },
  field: (made, text) => {
    made.spec[text] = 'x';
  },
  valid: (made, text) => {
    made.spec.injection.parameters.value = text;
    made.spec.hypothesis.description = text;
  },
};

/** The text as it can be the name of a file. */
const fileName = (text: string): string => text.replaceAll('/', '').toWellFormed();
const fileOf = (scene: Scene, name: string): string => join(folderOf(scene, 'files'), `${name}.yaml`);
const FORMS = ['text', 'json', 'jsonl', 'yaml'];

async function readIt(scene: Scene, text: string, index: number) {
  const folder = folderOf(scene, 'files');
  const form = FORMS[index % FORMS.length] ?? 'text';
  const run = (file: string, as: string) => ['-o', as, 'run', file, '--yes', '--soak', '1s'];
  const lines = [
    ['validate', folder],
    ['-o', form, 'validate', folder],
    ['list', folder],
    ['-o', form, 'list', folder],
    ['plan', fileOf(scene, 'name')],
    run(fileOf(scene, 'namespace'), 'text'),
    ['plan', join(folder, `${fileName(text)}-missing`)],
    ...FORMS.map(as => ['-o', as, 'plan', fileOf(scene, 'valid')]),
    run(fileOf(scene, 'valid'), 'text'),
    run(fileOf(scene, 'valid'), FORMS[1 + (index % 3)] ?? 'json'),
  ];
  const ends = [];
  for (const line of lines) ends.push(await maydayOf(scene, line));
  // Half a character is no text, so that no file with one is valid.
  if (text.isWellFormed() && ends.slice(-2).some(({ stdout }) => !/injected/i.test(stdout)))
    throw new Error(`expected the valid file to be run, found:\n${together(ends.slice(-2)).stderr}`);
  return together(ends);
}

export const attacks: Attack[] = Object.entries(HOSTILE).map(([how, text], index) => ({
  name: `play with the terminal by a file whose text ${how}`,
  prepare: scene => scene.set(),
  async plant(scene) {
    for (const [place, put] of Object.entries(PLACES)) {
      const made = structuredClone(experiment(scene.namespace, { ...drift, recovery: '1s' }));
      put(made, text);
      writeFileSync(fileOf(scene, place), JSON.stringify(made));
    }
    const folder = join(folderOf(scene, 'files'), fileName(text));
    mkdirSync(folder);
    writeFileSync(join(folder, `${fileName(text)}.yaml`), JSON.stringify(experiment(scene.namespace, drift)));
  },
  act: scene => readIt(scene, text, index),
  async gained(scene, { stdout, stderr }) {
    if (HUNG.test(stderr)) return 'a command that hangs';
    const { data } = await scene.read('configmap', 'settings');
    if (data.mode !== 'live') return `the value was left in: ${JSON.stringify(data)}`;
    return forbiddenIn(stdout + stderr);
  },
}));
