import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Pty, start } from '../../support/pty.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/mayday.js', import.meta.url));
const SIZE = { columns: 100, rows: 30 };
const home = mkdtempSync(join(tmpdir(), 'mayday-console-'));
const env = {
  XDG_STATE_HOME: join(home, 'state'),
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_DATA_HOME: join(home, 'data'),
  KUBECONFIG: join(home, 'kubeconfig'),
  NODE_ENV: 'production',
};
let cluster: Pty;
let open: Pty[] = [];

/** `mayday` as a person starts it, against a sandbox that outlives it. */
function mayday(words: string[] = []): Pty {
  const pty = start([process.execPath, PROGRAM, ...words], SIZE, { env });
  open.push(pty);
  return pty;
}

beforeAll(async () => {
  cluster = start([process.execPath, PROGRAM, 'sandbox', 'healthy', '--kubeconfig-out', env.KUBECONFIG], SIZE, { env });
  await cluster.waitFor('serves at', 60_000);
});

afterEach(async () => {
  await Promise.all(open.map(pty => pty.kill()));
  open = [];
});

afterAll(async () => {
  await cluster.kill();
  rmSync(home, { recursive: true, force: true });
});

/** Moves the cursor of the picker to an experiment by its name. */
async function pick(pty: Pty, name: string): Promise<void> {
  await pty.waitFor('data LIVE', 30_000);
  pty.send('e');
  await pty.waitFor('EXPERIMENTS');
  const plan = (screen: string): string => /^PLAN \S+/m.exec(screen)?.[0] ?? '';
  await pty.waitFor(screen => plan(screen) !== '');
  for (let moves = 0; moves < 40 && plan(pty.screen()) !== `PLAN ${name}`; moves++) {
    const before = plan(pty.screen());
    pty.send('j');
    await pty.waitFor(screen => plan(screen) !== before);
  }
  await pty.waitFor(`PLAN ${name}`);
}

async function fire(pty: Pty, name: string): Promise<void> {
  await pick(pty, name);
  pty.send('a');
  await pty.waitFor('ARMED', 30_000);
  pty.send('f');
  await pty.waitFor('effect proven', 60_000);
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
    second.send('!');
    await second.waitFor('scan complete', 30_000);
    expect(second.screen()).toMatch(/injected {2}ImageCorrupt +Deployment kserve\/kserve-controller-manager/);
    second.send('!');
    await second.waitFor('REMAIN 0', 60_000);
    expect(second.screen()).toContain('reverted');
    second.send('\u001b');
    await second.waitFor('no faults live');
  });

  it('writes nothing when read-only', async () => {
    const pty = mayday(['--read-only']);
    await pick(pty, 'kserve-image-corrupt');
    expect(pty.rows()[0]).toContain('READ-ONLY');
    pty.send('a');
    await pty.waitFor('a: read-only: started with --read-only');
  });
});
