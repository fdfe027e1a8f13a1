import { describe, expect, it } from 'vitest';
import { NOT_LOOKED } from '../../src/console/screens/faults/view.ts';
import { NOTHING_TO_INJECT } from '../../src/console/screens/inject/view.ts';
import type { ConsoleState } from '../../src/console/store/state.ts';
import { COLOUR } from '../../src/console/widgets/theme.ts';
import type { LoadedExperiment } from '../../src/experiment/types.ts';
import { suggestFor } from '../../src/suggest/suggested.ts';
import { validateDraft } from '../../src/suggest/validated-draft.ts';
import { forbiddenIn, HOSTILE } from '../cli/hostile.ts';
import { experiment, finding, planFor, preflightFor, script } from './support/fake-session.ts';
import { stage } from './support/stage.ts';
import { painted, state } from './support/view.ts';

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
      writes: plan.is === 'plan' ? plan.writes.map(write => ({ ...write, says: `says ${text}` })) : [],
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
    await at.waitFor('data LIVE');
    await at.press('e', 'one web');
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
    await at.waitFor('INVALID');
    expect(forbiddenIn(at.raw().replace(OWN, ''))).toBeUndefined();
    expect(at.raw()).not.toContain('\u001b]');
  });
});

describe.each(Object.entries(HOSTILE))('a text in an object that %s', (_, text) => {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: `web${text}`,
      namespace: `shop${text}`,
      labels: { app: text, 'app.kubernetes.io/part-of': text },
    },
    spec: {
      selector: { matchLabels: { app: text } },
      template: { spec: { containers: [{ name: text }], volumes: [{ name: 'x', secret: { secretName: text } }] } },
    },
  };
  const suggested = suggestFor({ object, owners: [] });
  const ref = suggested.object;

  it('plays with nobody in the list of faults, the form and the question where to write it', () => {
    const found = finding('web', { object: ref, message: text, by: text, state: 'foreign', source: text });
    const drafts = suggested.faults.flatMap(({ draft }) => draft ?? []);
    const inject = { ...NOTHING_TO_INJECT, ref, phase: 'ready' as const, suggested };
    const screens: Partial<ConsoleState>[] = [
      { screens: ['deck', 'inject'], inject },
      ...drafts.map(draft => ({
        screens: ['deck', 'draft'] as const,
        inject: {
          ...inject,
          form: { draft, judged: validateDraft(draft, 'x'), field: undefined, isReading: false },
        },
      })),
      { screens: ['deck', 'save'], save: { entry: text, path: text, phase: 'failed', message: text } },
      { screens: ['deck', 'faults'], look: { ...NOT_LOOKED, phase: 'done', found: [found] } },
      { screens: ['deck', 'faults', 'fault'], look: { ...NOT_LOOKED, phase: 'done', found: [found] } },
    ];
    for (const changes of screens)
      for (const { columns, rows } of SIZES) {
        const at = painted(state(changes), COLOUR, columns, rows);
        expect(at).toHaveLength(rows);
        expect(forbiddenIn(at.join('\n').replace(OWN, ''))).toBeUndefined();
      }
  });
});
