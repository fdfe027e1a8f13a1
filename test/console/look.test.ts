import { describe, expect, it } from 'vitest';
import { MOUSE_OFF, MOUSE_ON } from '../../src/console/app/terminal/mouse.ts';
import type { ConsoleDeps } from '../../src/console/deps.ts';
import { keyConflict, keyFor, keysOn, screenFolder } from '../../src/console/keymap/keys.ts';
import { reportsIn } from '../../src/console/keymap/mouse.ts';
import { readRemap } from '../../src/console/keymap/remap.ts';
import { SCREENS } from '../../src/console/screens/registry.ts';
import type { ScreenFolder } from '../../src/console/screens/screen.ts';
import { THEMES } from '../../src/console/widgets/theme.ts';
import { readTheme } from '../../src/console/widgets/theme-file.ts';
import { contrast, type Look, readLook, sgrOf } from '../../src/console/widgets/theme-look.ts';
import { experiment, finding, type Script, script } from './support/fake-session.ts';
import { type Stage, stage } from './support/stage.ts';
import { rows, SETTINGS, shown, state } from './support/view.ts';

function onStage(
  settings: Partial<ConsoleDeps['settings']> = {},
  deps: Partial<ConsoleDeps> = {},
  play: Partial<Script> = {},
): Stage {
  const one = stage(script(play), { columns: 100, rows: 30 }, { settings, deps });
  return one;
}

describe('a theme', () => {
  it('that comes with the program looks different for every state that must be told apart', () => {
    for (const { name, theme } of THEMES.filter(one => one.name !== 'mono'))
      for (const [a, b] of [
        ['ok', 'bad'],
        ['ok', 'warn'],
        ['warn', 'bad'],
        ['plain', 'key'],
      ] as const)
        expect(theme[a], `${name}: ${a} and ${b}`).not.toBe(theme[b]);
  });

  it('for people who do not tell red from green uses neither', () => {
    const theme = THEMES.find(({ name }) => name === 'colour-blind')?.theme;
    const codes = Object.values(theme ?? {}).flatMap(look => look.split(';'));
    expect(codes.length).toBeGreaterThan(5);
    expect(codes.filter(code => ['31', '32', '91', '92'].includes(code))).toEqual([]);
  });

  it('is read from a file, and what is left out looks as in its base', () => {
    const read = readTheme(
      'own',
      "base: mono\nbackground: '#1d1f21'\ntones: {ok: 'bold #b5bd68', alarm: inverse red}",
      true,
    );
    expect(read.ok && read.theme.theme.ok).toBe('1;38;2;181;189;104');
    expect(read.ok && read.theme.theme.alarm).toBe('7;31');
    expect(read.ok && read.theme.theme.bad).toBe('1');
  });

  it.each([
    ['tones: {okay: red}', /okay/],
    ['tones: {ok: reddish}', /tones.ok: expected words .* found "reddish"/],
    ["tones: {ok: '#ffffff'}", /needs a background/],
    [
      "background: '#000000'\ntones: {ok: '#222222'}",
      /tones.ok: expected a contrast of at least 4.5, found 1.3: choose/,
    ],
    ["background: dark\ntones: {ok: '#222222'}", /background: expected a colour such as/],
    ['tones: [', /expected YAML/],
    ['base: neon\ntones: {}', /base/],
  ])('that is wrong is told in one line: %s', (text, words) => {
    const read = readTheme('own', text, true);
    expect(read.ok).toBe(false);
    expect(read.ok ? '' : read.message).toMatch(words);
    expect(read.ok ? '' : read.message).not.toContain('\n');
  });

  it('counts contrast as WCAG does, and finds the nearest of 256 colours', () => {
    const [black, white] = ['#000000', '#ffffff'].map(text => (readLook(text) as Look).front);
    expect(contrast(black, white)).toBeCloseTo(21);
    expect(contrast(white, white)).toBeCloseTo(1);
    expect(sgrOf(readLook('#ff0000 #000000') as Look, false)).toBe('38;5;196;48;5;16');
    expect(sgrOf(readLook('bright-blue') as Look, false)).toBe('94');
  });

  it('is chosen from the palette, and drawn at once', async () => {
    const at = onStage();
    await at.waitFor('data LIVE');
    expect(at.raw()).toContain('\u001b[32m');
    await at.press(':', 'GO TO');
    await at.press('theme mono', ':theme mono_');
    const before = at.raw().length;
    await at.press('\r', 'theme mono; `theme: mono` in the configuration file keeps it');
    expect(at.raw().slice(before)).not.toContain('\u001b[32m');
  });

  it('of the configuration that cannot be used is told, and the console opens all the same', async () => {
    const at = onStage({
      problems: ['theme own: tones.ok: expected words, found "x"', 'keys.zap: there is no such command'],
    });
    await at.waitFor('configuration: theme own: tones.ok');
    await at.waitFor('config      keys.zap: there is no such command');
  });
});

describe('keys of the configuration', () => {
  const read = (given: Record<string, string | string[]>) => readRemap(SCREENS, given, keysOn);
  const at = (keys: Record<string, readonly string[]>) => ({ ...SETTINGS, keys });

  it('are what the key line, the help, the palette and the sentences on the screen say', () => {
    const { remap, problems } = read({ experiments: 'x', 'revert-one.confirm': 'Y' });
    expect(problems).toEqual([]);
    const deck = state({ settings: at(remap) });
    expect(rows(deck)[23]).toMatch(/^x experiments/);
    expect(keyFor(deck, 'deck', 'x')?.id).toBe('experiments');
    expect(keyFor(deck, 'deck', 'e')).toBeUndefined();
    expect(shown(deck)).toContain('x picks an experiment');
    expect(shown(state({ settings: at(remap), screens: ['deck', 'help'] }), 80, 140)).toMatch(/ x +experiments/);
    expect(shown(state({ settings: at(remap), screens: ['deck', 'palette'] }), 80, 60)).toMatch(/experiments +key x/);
  });

  it('cannot take MAYDAY, the way out or the way back away', () => {
    const { remap } = read({ mayday: 'M', interrupt: 'ctrl-q', back: 'b' });
    const deck = state({ settings: at(remap) });
    expect(keyFor(deck, 'deck', '!')?.id).toBe('mayday');
    expect(keyFor(deck, 'deck', 'M')?.id).toBe('mayday');
    expect(keyFor(deck, 'deck', 'ctrl-c')?.id).toBe('interrupt');
    expect(keyFor(deck, 'help', 'esc')?.id).toBe('back');
    expect(read({ quit: '!' }).problems).toEqual(['keys.quit: "!" cannot be given to another command']);
  });

  it.each([
    [{ zap: 'z' }, /keys.zap: there is no such command/],
    [{ quit: 'F5' }, /keys.quit: expected one character, ctrl-LETTER or the name of a key such as tab, found "F5"/],
    [{ fire: 'ctrl-x' }, /keys.fire: expected one single character for a key that changes the cluster, found "ctrl-x"/],
    [{ fire: 'enter' }, /single character/],
    [{ quit: [] }, /empty list/],
    [{ quit: 'e' }, /keys.quit: "e" would mean experiments and quit on deck: the default key is kept/],
  ])('that cannot be followed are told in one line, and the others are: %j', (given, words) => {
    const { remap, problems } = read({ ...(given as Record<string, string | string[]>), help: 'F' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(words);
    expect(remap).toEqual({ help: ['F'] });
  });

  it('may change places', () => {
    const { remap, problems } = read({ 'plan.fire': 'c', recheck: 'f' });
    expect(problems).toEqual([]);
    const plan = state({ settings: at(remap), screens: ['deck', 'plan'] });
    expect([keyFor(plan, 'plan', 'c')?.id, keyFor(plan, 'plan', 'f')?.id]).toEqual(['fire', 'recheck']);
    expect(keyConflict(SCREENS)).toBeUndefined();
  });

  it('never put what changes a cluster on more than one character', () => {
    const dangerous = SCREENS.flatMap(screen => screenFolder(screen.id).keys.filter(({ danger }) => danger));
    expect(dangerous.length).toBeGreaterThan(3);
    for (const { id } of dangerous) expect(read({ [id]: 'tab' }).problems[0]).toContain('single character');
  });
});

describe('the mouse', () => {
  it('is read from its reports: presses and the wheel, no releases, no other buttons', () => {
    const { events, rest } = reportsIn('j\u001b[<0;5;3M\u001b[<64;5;3Mk\u001b[<0;5;3m\u001b[<2;5;3M\u001b[<65;1;');
    expect(events).toEqual([
      { is: 'click', x: 4, y: 2 },
      { is: 'wheel', by: -1 },
    ]);
    expect(reportsIn(`${rest}1M`).events).toEqual([{ is: 'wheel', by: 1 }]);
  });

  it('is off until m, selects with a click, scrolls with the wheel, and is off again at the end', async () => {
    const at = onStage();
    await at.waitFor('data LIVE');
    await at.press('e', 'PLAN ledger-image-corrupt');
    const row = () => at.rows().findIndex(text => text.includes('checkout-drift'));
    at.send(`\u001b[<0;4;${row() + 1}M`);
    expect(at.raw()).not.toContain(MOUSE_ON);
    await at.press('m', 'mouse on: a click selects');
    expect(at.raw()).toContain(MOUSE_ON);
    await at.press(`\u001b[<0;4;${row() + 1}M\u001b[<0;4;${row() + 1}m`, 'PLAN checkout-drift');
    await at.press('\u001b[<64;4;5M', 'PLAN ledger-image-corrupt');
    at.send('q');
    expect(await at.exit).toBe(0);
    expect(at.raw().lastIndexOf(MOUSE_OFF)).toBeGreaterThan(at.raw().lastIndexOf(MOUSE_ON));
  });

  it('puts the cursor on the row of every list: faults, what can be injected, actions, and what line mode numbers', async () => {
    const at = onStage({}, {}, { findings: () => [finding('a'), finding('b')] });
    await at.waitFor('data LIVE');
    await at.press('m', 'mouse on');
    const click = (text: RegExp): void => {
      const y = at.rows().findIndex(row => text.test(row));
      at.send(`\u001b[<0;6;${y + 1}M`);
    };
    await at.press('4', /▸ImageCorrupt +Deployment shop\/a/);
    click(/Deployment shop\/b/);
    await at.waitFor(/▸ImageCorrupt +Deployment shop\/b/);
    await at.press('a', 'ACTIONS on');
    click(/look again/);
    await at.waitFor(/▸ c +look again/);
  });

  it('finds no screen with a cursor whose rows it cannot choose', () => {
    for (const { id, lists, move } of SCREENS as readonly ScreenFolder[]) {
      const own = screenFolder(id as never).keys.some(key => key.id === 'down');
      if (own && move === undefined) expect(Object.keys(lists ?? {}), id).not.toEqual([]);
    }
  });

  it('never fires: clicks all over an armed plan and the emergency screen write nothing', async () => {
    const play = script();
    const at = stage(play, { columns: 80, rows: 24 });
    await at.waitFor('data LIVE');
    await at.press('m', 'mouse on');
    await at.press('e', 'a arms it');
    await at.press('a', 'ARMED');
    const all = (): string =>
      Array.from({ length: 24 }, (_, y) => [1, 20, 40, 60, 79].map(x => `\u001b[<0;${x};${y + 1}M`).join('')).join('');
    at.send(all());
    await at.press('!', 'MAYDAY');
    await at.waitFor('scan complete');
    at.send(all());
    await at.press('?', 'EVERYWHERE');
    expect(play.fired).toEqual([]);
    expect(play.reverted).toBe(0);
  });
});

describe('what is on the screen', () => {
  function kept() {
    const saved: [string, string][] = [];
    const opened: string[] = [];
    const keep: NonNullable<ConsoleDeps['keep']> = {
      save: async (name, text) => {
        saved.push([name, text]);
        return `/state/saved/${name}`;
      },
      program: by => (by === 'editor' ? 'vi' : undefined),
      open: async (by, path) => {
        opened.push(`${by} ${path}`);
        return undefined;
      },
    };
    return { saved, opened, keep };
  }

  it('is saved whole with s, also what is out of sight, and it is said where', async () => {
    const { saved, keep } = kept();
    const catalogue = Array.from({ length: 40 }, (_, i) => experiment(`e-${i}`));
    const at = onStage({}, { keep }, { catalogue });
    await at.waitFor('data LIVE');
    await at.press('e', 'PLAN e-0');
    expect(at.screen()).not.toContain('e-39');
    await at.press('s', 'saved, readable only by you: /state/saved/');
    const [name, text] = saved[0] ?? ['', ''];
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT[\d-]+Z-experiments\.txt$/);
    expect(text).toContain('context prod-eu-1');
    expect(text).toContain('e-39');
    expect(text).not.toContain('\u001b');
  });

  it('is opened in the editor, and the screen comes back; without a pager that is said', async () => {
    const { opened, keep } = kept();
    const at = onStage({}, { keep });
    await at.waitFor('data LIVE');
    await at.press('E', 'it is kept at /state/saved/');
    expect(opened).toHaveLength(1);
    expect(at.screen()).toContain('HEALTH');
    await at.press('P', 'PAGER is not set, and there is no less');
  });
});
