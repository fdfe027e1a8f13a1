import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { type Pty, start } from '../../support/pty.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/mayday.js', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'mayday-tour-'));
let pty: Pty | undefined;

afterEach(async () => {
  await pty?.kill();
  rmSync(home, { recursive: true, force: true });
});

it('leads a newcomer through break, see, understand and revert at 80x24', async () => {
  const env = {
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    NODE_ENV: 'production',
  };
  pty = start([process.execPath, PROGRAM, 'tour'], { columns: 80, rows: 24 }, { env });
  await pty.waitFor('data LIVE', 60_000);
  await pty.waitFor('TOUR 1/10   BREAK', 30_000);
  const steps: [key: string, then: string][] = [
    ['e', 'PLAN kserve-llm-controller-isolation'],
    ['\r', 'TOUR 3/10'],
    ['a', 'TOUR 4/10'],
    ['f', 'TOUR 6/10   SEE'],
    ['5', 'TOUR 7/10   UNDERSTAND'],
    ['!', 'TOUR 8/10   REVERT'],
  ];
  for (const [key, then] of steps) {
    pty.send(key);
    await pty.waitFor(then, 60_000);
  }
  await pty.waitFor('scan complete', 30_000);
  pty.send('!');
  await pty.waitFor('REMAIN 0', 60_000);
  await pty.waitFor('TOUR 9/10   REVERT', 30_000);
  expect(pty.screen()).toContain('latch ON');
  pty.send('L');
  await pty.waitFor('TOUR 10/10  DONE', 30_000);
  expect(pty.screen()).not.toContain('latch ON');
  pty.send('T');
  await pty.waitFor('the tour is over');
  expect(pty.screen()).not.toContain('TOUR ');
});
