import { describe, expect, it } from 'vitest';
import { wholeScreen } from '../../src/console/app/frame/repaint.ts';
import { script } from './support/fake-session.ts';
import { type Stage, stage } from './support/stage.ts';

const SMALL = { columns: 80, rows: 24 };
const WIDE = { columns: 200, rows: 50 };
/** What a terminal may do to a screen while its size changes: other rows, another cursor, colours, a scroll region. */
const MEDDLED = '\u001b[3;10r\u001b[3;1Hleft behind\u001b[20;1H\u001b[2Kelsewhere\u001b[31m\u001b[7;40H';

/** Screens and questions, with the keys to them and what they show. */
const SCREENS: readonly (readonly [name: string, keys: readonly (readonly [key: string, shows: string])[]])[] = [
  ['deck', []],
  ['palette', [[':', 'GO TO']]],
  ['help', [['?', 'EVERYWHERE']]],
  ['actions', [['a', 'do it']]],
  ['health', [['2', 'KINDS']]],
  ['experiments', [['3', 'EXPERIMENTS']]],
  ['plan', [['e', 'a arms it']]],
  ['triage', [['5', 'ROOT CAUSES']]],
  ['MAYDAY', [['!', 'scan complete']]],
];

async function open(size: typeof SMALL, keys: (typeof SCREENS)[number][1]): Promise<Stage> {
  const at = stage(script(), size);
  await at.waitFor('nothing found');
  await at.waitFor('none in the cluster');
  for (const [key, shows] of keys) await at.press(key, shows);
  return at;
}

/** The screen without what time changes on it. */
const timeless = (screen: string): string =>
  screen
    .replaceAll(/\d+(\.\d+)?/g, '0')
    .replaceAll(/ +$/gm, '')
    .replaceAll(/ {2,}/g, '  ');

describe('every row is drawn at its place, whatever the terminal did', () => {
  it.each(SCREENS)('after it grew: %s', async (_name, keys) => {
    const whole = timeless((await open(WIDE, keys)).screen());
    const at = await open(SMALL, keys);
    at.meddle(MEDDLED);
    at.resize(WIDE.columns, WIDE.rows);
    await at.waitFor(screen => timeless(screen) === whole);
  });

  it.each(SCREENS)('after it shrank: %s', async (_name, keys) => {
    const whole = timeless((await open(SMALL, keys)).screen());
    const at = await open(WIDE, keys);
    at.meddle(MEDDLED);
    at.resize(SMALL.columns, SMALL.rows);
    await at.waitFor(screen => timeless(screen) === whole);
  });

  it('also when the terminal moved rows after it told its new size', async () => {
    const at = await open(SMALL, []);
    at.resize(100, 30);
    await at.waitFor('data LIVE');
    const whole = timeless(at.screen());
    at.resize(100, 30);
    at.meddle(MEDDLED);
    await at.waitFor(screen => timeless(screen) === whole);
  });

  it('by ctrl-l, and later frames fit to it', async () => {
    const at = await open(SMALL, []);
    const whole = timeless(at.screen());
    at.meddle(MEDDLED);
    await at.press('\u000c', screen => timeless(screen) === whole);
    await at.press('?', 'EVERYWHERE');
    await at.press('\u001b', screen => timeless(screen) === whole);
    expect(at.raw()).not.toContain('\u001b[?1049l');
  });

  it('writes no line feed, which would scroll, and leaves the cursor on the last row', () => {
    const drawn = wholeScreen(['one', 'two', 'three']);
    expect(drawn).not.toContain('\n');
    expect(drawn.endsWith('\u001b[3;1H\u001b[Jthree\u001b[?7h')).toBe(true);
  });
});
