import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pty, type Size, start } from '../../support/pty.ts';
import { bundledDev } from './bundled-dev.ts';
import { killedAfterwards } from './home.ts';

const WAIT_MS = 60_000;
const SMALL: Size = { columns: 80, rows: 24 };
const dev = bundledDev();
const folder = mkdtempSync(join(tmpdir(), 'mayday-editor-'));
const EDITOR = join(folder, 'editor');
/** Tells every line that it is given, and ends with the code that it is told. */
const SCRIPT = `#!/bin/sh
trap 'echo interrupted' INT
for last; do true; done
printf 'EDITOR with %s words, file of %s\\n' "$#" "$(head -1 "$last" | cut -d' ' -f1)"
while true; do
  read -r word code || continue
  [ "$word" = leave ] && exit "$code"
  printf 'heard <%s>\\n' "$word"
done
`;

const environment = (env: Record<string, string>): Record<string, string | undefined> => ({
  EDITOR: undefined,
  VISUAL: undefined,
  PAGER: undefined,
  ...env,
});

function mayday(env: Record<string, string>): Pty {
  return killedAfterwards(start([process.execPath, dev.path, `state=${folder}`], SMALL, { env: environment(env) }));
}

beforeAll(async () => {
  writeFileSync(EDITOR, SCRIPT);
  chmodSync(EDITOR, 0o755);
  await dev.build();
});
afterAll(() => {
  dev.remove();
  rmSync(folder, { recursive: true, force: true });
});

const waitFor = (pty: Pty, wanted: string | RegExp): Promise<number> => pty.waitFor(wanted, WAIT_MS);

/** Opens the screen in the program and says what the program heard of these lines, each seen before the next. */
async function tellLines(pty: Pty, lines: readonly string[]): Promise<void> {
  await waitFor(pty, /EDITOR with \d words, file of deck/);
  expect(pty.modes()).toMatchObject({ alternate: false, cursorHidden: false });
  for (const line of lines) {
    pty.send(`${line}\r`);
    await waitFor(pty, `heard <${line}>`);
  }
}

/** Says a line again and again until the program hears it: a shell that continues a job changes the terminal's mode at its own time. */
async function tellUntilHeard(pty: Pty, line: string): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    pty.send(`${line}\r`);
    if (
      await pty.waitFor(`heard <${line}>`, 1000).then(
        () => true,
        () => false,
      )
    )
      return;
  }
  throw new Error(`expected the program to hear ${line}`);
}

describe('the screen in a program of the person', () => {
  it('gives every key to the editor, takes the terminal back, and acts on none of them', async () => {
    const pty = mayday({ EDITOR: `${EDITOR} --wait` });
    await waitFor(pty, 'data LIVE');
    pty.send('E');
    await tellLines(pty, ['!', 'q', '5', 'r', 'e', 'a', 'f', 'enough']);
    expect(pty.screen()).toContain('EDITOR with 2 words');
    pty.send('leave 0\r');
    await waitFor(pty, 'it is kept at');
    expect(pty.modes()).toEqual({ alternate: true, cursorHidden: true, bracketedPaste: true });
    expect(pty.screen()).toMatch(/^HEALTH .*since/m);
    expect(readdirSync(join(folder, 'saved')).filter(name => name.endsWith('-deck.txt'))).not.toEqual([]);
    pty.send('?');
    await waitFor(pty, 'EVERYWHERE');
  });

  it('says what an editor ended with, and that there is none', async () => {
    const failing = mayday({ EDITOR });
    await waitFor(failing, 'data LIVE');
    failing.send('E');
    await tellLines(failing, ['x']);
    failing.send('leave 3\r');
    await waitFor(failing, 'ended with code 3');

    const missing = mayday({ EDITOR: '/nonexistent/editor', PAGER: '/nonexistent/pager' });
    await waitFor(missing, 'data LIVE');
    missing.send('E');
    await waitFor(missing, '/nonexistent/editor: there is no such program');
    missing.send('P');
    await waitFor(missing, '/nonexistent/pager: there is no such program');
    expect(missing.modes()).toMatchObject({ alternate: true });
  });

  it('leaves ctrl-c to the pager', async () => {
    const pty = mayday({ PAGER: EDITOR });
    await waitFor(pty, 'data LIVE');
    pty.send('P');
    await tellLines(pty, ['x']);
    pty.send('\u0003');
    await waitFor(pty, 'interrupted');
    await tellLines(pty, ['still', 'here']);
    pty.send('leave 0\r');
    await waitFor(pty, 'it is kept at');
    pty.send('?');
    await waitFor(pty, 'EVERYWHERE');
  });

  it('stops with the editor on ctrl-z, and both go on with fg', async () => {
    const shell = start(['/bin/bash', '--norc', '--noprofile', '-i'], SMALL, {
      env: environment({ PS1: 'shell> ', EDITOR }),
    });
    killedAfterwards(shell);
    await waitFor(shell, 'shell>');
    shell.send(`${process.execPath} ${dev.path} state=${folder}\r`);
    await waitFor(shell, 'data LIVE');
    shell.send('E');
    await tellLines(shell, ['before']);
    shell.send('\u001a');
    await waitFor(shell, /Stopped[\s\S]*shell>/);
    shell.send('fg\r');
    await tellUntilHeard(shell, 'after');
    await tellLines(shell, ['!']);
    shell.send('leave 0\r');
    await waitFor(shell, 'it is kept at');
    shell.send('q');
    await waitFor(shell, /shell> *$/m);
    expect(shell.modes()).toMatchObject({ alternate: false, cursorHidden: false });
  });
});
