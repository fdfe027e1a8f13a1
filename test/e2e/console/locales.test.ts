import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { isAscii } from '../../support/ansi.ts';
import { type Pty, start } from '../../support/pty.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/mayday.js', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'mayday-locale-'));
const UNSET = { LANG: undefined, LC_ALL: undefined, LC_CTYPE: undefined };
let pty: Pty;

/** The console as a person starts it, on a terminal of that locale. */
async function openIn(locale: Record<string, string | undefined>): Promise<Pty> {
  const env = { ...UNSET, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home, NODE_ENV: 'production', ...locale };
  pty = start([process.execPath, PROGRAM, '--sandbox=stuck-injections'], { columns: 100, rows: 30 }, { env });
  await pty.waitFor('data LIVE', 60_000);
  await pty.waitFor(/faults? live/, 60_000);
  return pty;
}

afterEach(() => pty.kill());
afterAll(() => rmSync(home, { recursive: true, force: true }));

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
});
