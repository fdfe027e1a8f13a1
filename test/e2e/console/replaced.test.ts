import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { start } from '../../support/pty.ts';
import { killedAfterwards, ROOT } from './home.ts';

/** Waits until a file holds a text. */
async function holds(file: string, text: string): Promise<void> {
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes(text)) await sleep(50);
}

it('goes on in a console whose installation was removed under it, from triage to MAYDAY', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-replaced-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const dist = join(folder, 'dist');
  for (const part of ['dist', 'experiments']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const log = join(folder, 'log');
  const pty = killedAfterwards(
    start(
      [process.execPath, join(dist, 'mayday.js'), '--sandbox=stuck-injections', '--log-file', log],
      { columns: 120, rows: 40 },
      { env: { XDG_STATE_HOME: join(folder, 'state'), XDG_CONFIG_HOME: join(folder, 'config') } },
    ),
  );
  await pty.waitFor('data LIVE', 60_000);
  await holds(log, 'kept in memory');
  rmSync(dist, { recursive: true });
  mkdirSync(dist);

  await pty.press('5', 'ROOT CAUSES', 60_000);
  await pty.press('7', 'nothing was run on this machine yet', 60_000);
  await pty.press('2', /KINDS.*POD/, 60_000);
  await pty.press('i', /INJECT into .* fit/, 60_000);
  await pty.press('!', 'scan complete', 60_000);
  await pty.press('!', /21 restored .*need your word/, 60_000);
  expect(pty.screen()).not.toContain('files were replaced');
}, 240_000);
