import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pty } from '../../support/pty.ts';
import { makeHome } from './home.ts';

const SIZE = { columns: 100, rows: 30 };
const person = makeHome();
const KUBECONFIG = join(person.folder, 'kubeconfig');
let cluster: Pty;

/** `mayday` as a person starts it, against a sandbox that outlives it. */
const mayday = (words: string[] = []): Pty => person.open(words, SIZE, { KUBECONFIG });

beforeAll(async () => {
  cluster = person.start(['sandbox', 'healthy', '--kubeconfig-out', KUBECONFIG], SIZE);
  await cluster.waitFor('serves at', 60_000);
});

afterAll(async () => {
  await cluster.kill();
  person.remove();
});

/** Moves the cursor of the picker to an experiment by its name. */
async function pick(pty: Pty, name: string): Promise<void> {
  await pty.waitFor('data LIVE', 30_000);
  await pty.press('e', 'EXPERIMENTS');
  const plan = (screen: string): string => /^PLAN \S+/m.exec(screen)?.[0] ?? '';
  await pty.waitFor(screen => plan(screen) !== '');
  for (let moves = 0; moves < 40 && plan(pty.screen()) !== `PLAN ${name}`; moves++) {
    const before = plan(pty.screen());
    await pty.press('j', screen => plan(screen) !== before);
  }
  await pty.waitFor(`PLAN ${name}`);
}

async function fire(pty: Pty, name: string): Promise<void> {
  await pick(pty, name);
  await pty.press('a', 'ARMED', 30_000);
  await pty.press('f', 'effect proven', 60_000);
}

describe('the console on the sandbox', () => {
  it('kills a controller by hand and reaches the verdict', async () => {
    const pty = mayday();
    await fire(pty, 'kserve-main-controller-kill');
    expect(pty.screen()).toMatch(/heal +\d:\d\d of 1:00|steady after/);
    await pty.waitFor('RESILIENT', 60_000);
    pty.send('q');
    expect(await pty.exit).toMatchObject({ code: 0 });
  });

  it('finds and reverts what a killed console left behind', async () => {
    const first = mayday();
    await fire(first, 'kserve-image-corrupt');
    first.signal('SIGKILL');
    await first.exit;

    const second = mayday();
    await second.waitFor('fault overdue or left by a dead run', 30_000);
    await second.waitFor(/1 fault live .*next TTL [345]:\d\d ImageCorrupt/);
    await second.press('!', 'scan complete', 30_000);
    expect(second.screen()).toMatch(/injected {2}ImageCorrupt +Deployment kserve\/kserve-controller-manager/);
    await second.press('!', 'REMAIN 0', 60_000);
    expect(second.screen()).toContain('reverted');
    await second.press('\u001b', 'no faults live');
  });

  it('writes nothing when read-only', async () => {
    const pty = mayday(['--read-only']);
    await pick(pty, 'kserve-image-corrupt');
    expect(pty.rows()[0]).toContain('READ-ONLY');
    await pty.press('a', 'a: read-only: started with --read-only');
  });
});
