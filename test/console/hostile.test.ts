import { afterEach, describe, expect, it } from 'vitest';
import type { LoadedExperiment } from '../../src/experiment/types.ts';
import { forbiddenIn, HOSTILE } from '../cli/hostile.ts';
import { experiment, planFor, preflightFor, script } from './support/fake-session.ts';
import { type Stage, stage } from './support/stage.ts';

let open: Stage | undefined;
afterEach(async () => {
  await open?.end();
  open = undefined;
});

/** The console's own colours and movements. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told is told in them
const OWN = /\u001b\[[0-9;?]*[A-Za-ln-z]|\u001b\[[0-9;]*m|\r/g;

/** An experiment with the text wherever its author may write one. */
function hostile(text: string): LoadedExperiment {
  const made = structuredClone(experiment('one'));
  made.path = `experiments/${text}.yaml`;
  const { metadata, spec } = made.experiment;
  metadata.name = `one ${text}`;
  spec.target.operator = text;
  spec.target.component = text;
  spec.hypothesis.description = `${text} stays up`;
  spec.blastRadius.allowedNamespaces = [text];
  return made;
}

/** What would be done, with the text in everything that is said of it. */
function preflight(loaded: LoadedExperiment, text: string) {
  const made = preflightFor(loaded);
  const plan = planFor(loaded);
  return {
    ...made,
    plan: {
      ...plan,
      writes: plan.kind === 'plan' ? plan.writes.map(write => ({ ...write, says: `says ${text}` })) : [],
      undo: { where: `kept in ${text}`, reversible: true },
      pods: [{ namespace: 'shop', name: text, uid: text }],
      warnings: [`beware of ${text}`],
    },
    gates: [
      { gate: 'plan', ok: true, reason: text },
      { gate: 'pods', ok: false, reason: `too many ${text}` },
    ],
  } as unknown as typeof made;
}

const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
];

describe.each(Object.entries(HOSTILE))('a text in an experiment that %s', (_, text) => {
  it.each(SIZES)('plays with nobody in picker and plan on $columns columns', async size => {
    const made = script({
      catalogue: [hostile(text), experiment('two')],
      preflight: async loaded => preflight(loaded, text),
    });
    const at = stage(made, size);
    open = at;
    await at.waitFor('data LIVE');
    at.send('e');
    await at.waitFor('one web');
    await at.waitFor('too many web');
    expect(at.screen()).toContain('EXPERIMENTS');
    expect(at.rows()).toHaveLength(size.rows);
    expect(forbiddenIn(at.raw().replace(OWN, ''))).toBeUndefined();
    expect(forbiddenIn(at.screen())).toBeUndefined();
    expect(at.raw()).not.toContain('\u001b]');
    expect(at.raw()).not.toContain('\u001b[2J');
  });

  it('plays with nobody as a broken file, or the name of one', async () => {
    const entry = { path: `experiments/${text}.yaml`, error: `expected a name, found ${text}` };
    const at = stage(script(), SIZES[1] ?? { columns: 200, rows: 50 }, { deps: { catalogue: async () => [entry] } });
    open = at;
    await at.waitFor('INVALID');
    expect(forbiddenIn(at.raw().replace(OWN, ''))).toBeUndefined();
    expect(at.raw()).not.toContain('\u001b]');
  });
});
