import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Key } from '../../src/console/keymap/key.ts';
import { keyConflict, keyFor, keysOn, keysToShow, screenFolder } from '../../src/console/keymap/keys.ts';
import { keyName } from '../../src/console/screens/help/lines.ts';
import { SCREENS } from '../../src/console/screens/registry.ts';
import { type ConsoleState, screenOf } from '../../src/console/store/state.ts';
import { script } from './support/fake-session.ts';
import { stage } from './support/stage.ts';
import { rows, shown, state } from './support/view.ts';

const ids = SCREENS.map(screen => screen.id);

describe('the key table', () => {
  it('gives no key two meanings on one screen', () => {
    expect(keyConflict(SCREENS)).toBeUndefined();
  });

  it('gives no command of a screen two keys of its own: one name in the configuration means one thing', () => {
    for (const screen of SCREENS) {
      const commands = keysOn(screen).map(({ id }) => id);
      expect(commands, screen.id).toEqual([...new Set(commands)]);
    }
  });

  it('names a conflict in one line', () => {
    const second: Key = { id: 'help', keys: ['q'], says: 'x' };
    const deck = screenFolder('deck');
    expect(keyConflict([{ ...deck, keys: [...deck.keys, second] }])).toBe(
      'expected one meaning for "q" on deck, found quit and help',
    );
  });

  it('reaches the emergency screen from every other screen', () => {
    for (const screen of ids.filter(id => id !== 'mayday')) expect(keyFor(state(), screen, '!')?.id).toBe('mayday');
  });

  it('has nothing destructive on enter, on an arrow or on a control key', () => {
    const destructive = SCREENS.flatMap(screen => keysOn(screen))
      .filter(key => key.danger)
      .flatMap(key => key.keys);
    expect(destructive).toContain('f');
    expect(destructive.every(press => [...press].length === 1)).toBe(true);
    expect(keyFor(state(), 'plan', 'enter')?.id).toBe('arm');
  });

  it('gives letters to the name while one is typed, but never the emergency key', () => {
    const typing = state({
      screens: ['deck', 'plan'],
      armed: { path: 'x', preflight: {} as never, until: undefined, mustType: 'prod', typed: '' },
    } as Partial<ConsoleState>);
    expect(keyFor(typing, 'plan', 'f')).toBeUndefined();
    expect(keyFor(typing, 'plan', '!')?.id).toBe('mayday');
    expect(keyFor(typing, 'plan', 'esc')?.id).toBe('back');
  });

  it('is where help and the key line come from', () => {
    const help = shown(state({ screens: ['deck', 'help'] }), 80, 140);
    for (const key of keysOn(screenFolder('deck'))) expect(help).toContain(key.says.slice(0, 12));
    expect(rows(state())[23]).toMatch(
      /^e experiments {2}i inject {2}r revert this one {2}5 triage {2}2 health {2}\? keys {2}q quit/,
    );
  });

  it('is cut at whole keys on a narrow screen, those that lead away last', () => {
    for (const { id } of SCREENS)
      for (const columns of [60, 80, 100]) {
        const line = rows(state({ screens: ['deck', id] }), columns)[23]?.trimEnd() ?? '';
        const hints = keysToShow(state({ screens: ['deck', id] }), id).flatMap(({ keys, says }) =>
          keys.map(press => `${keyName(press, false)} ${says}`),
        );
        expect(line.split(/ {2}/).filter(hint => !hints.includes(hint))).toEqual([]);
        expect(line).toMatch(id === 'deck' ? /q quit$/ : /esc back|q quit/);
      }
  });

  it('is what every sentence on a screen takes its keys from: none names a key that the table does not have', () => {
    const sources = globSync('src/console/**/*.ts').map(path => readFileSync(path, 'utf8'));
    const named = sources.flatMap(text => [
      ...text.matchAll(/(?:pressFor|key)\(\s*(?:\w+\.)*(?:keys|state)\w*,\s*'([\w-]+)',\s*'([\w-]+)',\s*'([^']+)'/g),
    ]);
    expect(named.length).toBeGreaterThan(30);
    for (const [said, screen = '', command = '', usual = ''] of named) {
      const key = keysOn(screenFolder(screen as never)).find(({ id }) => id === command);
      expect(key?.keys, said).toContain(usual === 'space' ? ' ' : usual);
    }
    // A key that is written out as one is a prompt, or cannot be configured.
    const fixed = sources.flatMap(text => [...text.matchAll(/span\('([^' ]+)', 'key'\)/g)].map(([, press]) => press));
    expect([...new Set(fixed)].toSorted()).toEqual(['!', '*', '/', ':', '_', 'esc']);
  });

  it('shows a way back on every screen but home', () => {
    for (const screen of ids.filter(id => id !== 'deck')) {
      const at = state({ screens: ['deck', screen] });
      expect(screenOf(at)).toBe(screen);
      expect(rows(at)[23]).toContain('esc back');
    }
  });

  it('says of a key of another screen that it does nothing here', async () => {
    const one = stage(script(), { columns: 80, rows: 24 });
    await one.waitFor('data LIVE');
    one.send('+');
    await one.waitFor('+ does nothing here: ? lists the keys');
    await one.end();
  });

  it('says why a key does nothing now, and names also a key that nobody can see', async () => {
    const one = stage(script(), { columns: 100, rows: 30 });
    await one.waitFor('data LIVE');
    await one.press('7', 'REPORTS');
    await one.press(' ', 'space: nothing is listed');
  });
});
