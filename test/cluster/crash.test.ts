import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordedProcesses } from './controlplane/folders.ts';
import { eventually } from './eventually.ts';
import { noControlPlane } from './skip.ts';

const startModule = new URL('./controlplane/start.ts', import.meta.url).href;

describe.skipIf(noControlPlane)('a test that dies', () => {
  let temporary: string;
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'mayday-crash-'));
  });
  afterEach(() => rmSync(temporary, { recursive: true, force: true }));

  test('leaves no process behind, even by SIGKILL', async () => {
    const { owner, folder } = await startElsewhere(temporary);
    expect(recordedProcesses(folder)).toHaveLength(5);
    owner.kill('SIGKILL');
    await eventually('all five are gone', async () => recordedProcesses(folder).length === 0, 10);
  });

  test('and whose reaper dies too, is cleaned up after by the next start', async () => {
    const { owner, reaper, folder } = await startElsewhere(temporary);
    process.kill(reaper, 'SIGKILL');
    owner.kill('SIGKILL');
    await eventually('the owner is gone', async () => owner.signalCode !== null);
    expect(recordedProcesses(folder)).toHaveLength(5);
    const next = await startElsewhere(temporary);
    expect(recordedProcesses(folder)).toEqual([]);
    next.owner.kill('SIGKILL');
    await eventually('all five are gone', async () => recordedProcesses(next.folder).length === 0, 10);
  });
});

/** A cluster whose owner is another process, in a temporary folder of its own. */
async function startElsewhere(temporary: string): Promise<{ owner: ChildProcess; reaper: number; folder: string }> {
  const script = `
    import { execFileSync } from 'node:child_process';
    import { start } from ${JSON.stringify(startModule)};
    const { logs } = await start();
    const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\\n');
    const children = processes.map(line => line.trim().split(/ +/)).filter(([, parent]) => Number(parent) === process.pid);
    const reaper = children.find(([, , command]) => command === '/bin/sh')?.[0];
    process.stdout.write(JSON.stringify({ folder: logs.replace(/.logs$/, ''), reaper: Number(reaper) }));
    setInterval(() => {}, 1000);
  `;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const told = await new Promise<string>(resolve => owner.stdout.once('data', (text: Buffer) => resolve(String(text))));
  expect(readdirSync(temporary)).toHaveLength(1);
  return { owner, ...(JSON.parse(told) as { folder: string; reaper: number }) };
}
