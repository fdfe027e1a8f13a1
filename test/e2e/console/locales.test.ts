import { afterAll, describe, expect, it } from 'vitest';
import { isAscii } from '../../support/ansi.ts';
import type { Pty } from '../../support/pty.ts';
import { makeHome } from './home.ts';

const person = makeHome();
const UNSET = { LANG: undefined, LC_ALL: undefined, LC_CTYPE: undefined };

/** The console as a person starts it, on a terminal of that locale. */
async function openIn(locale: Record<string, string | undefined>): Promise<Pty> {
  const pty = person.open(['--sandbox=stuck-injections'], { columns: 100, rows: 30 }, { ...UNSET, ...locale });
  await pty.waitFor('data LIVE', 60_000);
  await pty.waitFor(/faults? live/, 60_000);
  return pty;
}

afterAll(person.remove);

describe('the console draws what its terminal can show', () => {
  it.each<[string, Record<string, string>]>([
    ['C', { LC_ALL: 'C' }],
    ['POSIX', { LANG: 'POSIX' }],
    ['ISO-8859-1', { LANG: 'de_DE.ISO-8859-1' }],
    ['a Linux console', { LANG: 'en_US.UTF-8', TERM: 'linux' }],
  ])('ASCII in %s, on every screen', async (_name, locale) => {
    const console = await openIn(locale);
    for (const key of ['2', '3', '4', '5', '6', '7', '?']) {
      const before = console.screen();
      console.send(key);
      await console.waitFor(screen => screen !== before, 30_000);
    }
    expect(isAscii(console.raw())).toBe(true);
  });

  it('the better glyphs in a UTF-8 locale', async () => {
    const console = await openIn({ LANG: 'en_US.UTF-8' });
    expect(isAscii(console.raw())).toBe(false);
  });

  it('one look in plain lines, without an escape, where the terminal cannot draw', async () => {
    const look = person.open(['--sandbox'], { columns: 100, rows: 30 }, { LANG: 'C.UTF-8', TERM: 'dumb' });
    expect(await look.exit).toMatchObject({ code: 0 });
    expect(look.screen()).toMatch(/this terminal cannot show the full screen[\s\S]*nodes +3/);
    expect(look.raw()).not.toContain('\u001b');
  });
});
