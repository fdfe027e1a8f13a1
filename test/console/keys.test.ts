import { describe, expect, it } from 'vitest';
import { KEYS, type Key, keyConflicts, keyFor } from '../../src/console/keymap/keys.ts';
import { type ConsoleState, type Screen, screenOf } from '../../src/console/store/state.ts';
import { rows, shown, state } from './support/view.ts';

const SCREENS: readonly Screen[] = ['deck', 'experiments', 'plan', 'mayday', 'help', 'quit', 'revert-one'];

describe('the key table', () => {
  it('gives no key two meanings on one screen', () => {
    expect(keyConflicts(KEYS)).toEqual([]);
  });

  it('names a conflict in one line', () => {
    const second: Key = { id: 'help', keys: ['q'], says: 'x', on: ['deck'] };
    expect(keyConflicts([...KEYS, second])).toEqual(['expected one meaning for "q" on deck, found quit and help']);
  });

  it('reaches the emergency screen from every other screen', () => {
    for (const screen of SCREENS.filter(screen => screen !== 'mayday'))
      expect(keyFor(state(), screen, '!')?.id).toBe('mayday');
  });

  it('has nothing destructive on enter, on an arrow or on a control key', () => {
    const destructive = KEYS.filter(key => key.danger).flatMap(key => key.keys);
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
    const help = shown(state({ screens: ['deck', 'help'] }));
    for (const key of KEYS.filter(key => key.on !== 'everywhere' && key.on.includes('deck')))
      expect(help).toContain(key.says.slice(0, 12));
    expect(rows(state())[23]).toMatch(/^e experiments {2}r revert this one {2}\? keys {2}q quit/);
  });

  it('shows a way back on every screen but home', () => {
    for (const screen of SCREENS.filter(screen => screen !== 'deck')) {
      const at = state({ screens: ['deck', screen] });
      expect(screenOf(at)).toBe(screen);
      expect(rows(at)[23]).toContain('esc back');
    }
  });
});
