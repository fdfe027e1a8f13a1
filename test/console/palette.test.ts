import { describe, expect, it } from 'vitest';
import { fuzzyScore, matching, type PaletteEntry } from '../../src/console/screens/palette/entries.ts';
import { type Script, script } from './support/fake-session.ts';
import { type Stage, stage } from './support/stage.ts';

async function onDeck(changes: Partial<Script> = {}): Promise<Stage> {
  const one = stage(script(changes), { columns: 100, rows: 30 });
  await one.waitFor('data LIVE');
  return one;
}
async function type(one: Stage, text: string): Promise<void> {
  let typed = '';
  for (const key of text) {
    one.send(key);
    typed += key;
    await one.waitFor(`:${typed}_`);
  }
}

describe('the palette', () => {
  it('goes to a screen by a few letters', async () => {
    const one = await onDeck();
    await one.press(':', 'GO TO');
    await type(one, 'trg');
    await one.press('\r', 'ROOT CAUSES');
  });

  it('opens the plan of an experiment by its name', async () => {
    const one = await onDeck();
    await one.waitFor('nothing has run yet');
    await one.press(':', 'ledger-image-corrupt');
    await type(one, 'ledger');
    await one.press('\r', 'PLAN ledger-image-corrupt');
  });

  it('opens MAYDAY with ! while something is typed, and goes back with esc', async () => {
    const one = await onDeck();
    await one.press(':', 'GO TO');
    await type(one, 'ab');
    await one.press('!', /MAYDAY +prod-eu-1/);
  });

  it('never does what changes the cluster', async () => {
    const one = await onDeck();
    await one.press('!', /MAYDAY +prod-eu-1/);
    await one.press(':', 'GO TO');
    await type(one, 'revert');
    await one.waitFor('nothing of that name');
    expect(one.screen()).not.toContain('REVERT ALL');
  });

  it('says why an action cannot be done', async () => {
    const one = await onDeck();
    await one.press(':', 'GO TO');
    await type(one, 'revert this');
    await one.press('\r', 'no fault to revert');
  });
});

describe('matching', () => {
  const entry = (text: string): PaletteEntry => ({ is: 'kind', kind: 'Pod', text, about: '' });
  const best = (texts: string[], wanted: string) => matching(texts.map(entry), wanted).map(({ text }) => text);

  it('puts the beginning of a name before the beginning of a word, that before the middle, and letters apart last', () => {
    expect(best(['xpod', 'a-pod', 'Pod', 'p-o-d', 'node'], 'pod')).toEqual(['Pod', 'a-pod', 'xpod', 'p-o-d']);
  });

  it('keeps the order of the list where nothing is typed', () => {
    expect(best(['b', 'a'], '')).toEqual(['b', 'a']);
    expect(fuzzyScore('abc', 'cb')).toBeUndefined();
  });
});
