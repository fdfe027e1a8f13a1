import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SCREENS } from '../src/console/screens/registry.ts';
import type { ScreenFolder } from '../src/console/screens/screen.ts';
import { type Pty, type Size, start } from '../test/support/pty.ts';
import { screensHash } from './shots/manifest.ts';
import { NOT_SHOWN, REACH, SIZES, shotFile } from './shots/reach.ts';
import { svgOf } from './shots/svg.ts';

// Draws every screen of the built program, as a terminal shows it, into docs/shots, and records the tour.
const SETTLED_MS = 700;
const WAIT_MS = 60_000;
const root = new URL('../', import.meta.url);
const shots = new URL('docs/shots/', root);
const home = mkdtempSync(join(tmpdir(), 'shots-'));
mkdirSync(join(home, 'work'));
const env = {
  HOME: join(home, 'work'),
  USER: 'sre',
  LOGNAME: 'sre',
  XDG_STATE_HOME: join(home, 'state'),
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_DATA_HOME: join(home, 'data'),
  KUBECONFIG: undefined,
  NODE_ENV: 'production',
};
const program = new URL('dist/mayday.js', root).pathname;
/** No name of this machine goes into the files; the cells keep their number. */
const neutral = (text: string): string =>
  [home, root.pathname.slice(0, -1), hostname()].reduce(
    (rest, own) => rest.replaceAll(own, 'local'.padEnd(own.length, '-').slice(0, own.length)),
    text,
  );

const begin = (words: string[], size: Size, hear?: (ms: number, data: string) => void): Pty =>
  start([process.execPath, program, ...words], size, {
    env,
    cwd: env.HOME,
    rewrite: neutral,
    ...(hear && { hear }),
  });

/** A word of the key line that shows that this screen is open. */
const proof = ({ keys }: ScreenFolder): string =>
  [...keys].filter(({ hint }) => hint !== undefined).sort((a, b) => (a.hint ?? 0) - (b.hint ?? 0))[0]?.says ?? '';

async function goHome(pty: Pty): Promise<void> {
  for (let presses = 0; presses < 6 && !/^HEALTH .*since/m.test(pty.screen()); presses++) {
    pty.send('\u001b');
    await sleep(500);
  }
  pty.send('1');
  await sleep(300);
}

/** Draws every screen at one size; what could not be reached is told at the end. */
async function drawAll(size: Size): Promise<string[]> {
  const problems: string[] = [];
  const pty = begin(['--sandbox=stuck-injections'], size);
  try {
    await pty.waitFor('data LIVE', WAIT_MS);
    await sleep(8_000);
    for (const screen of SCREENS as readonly ScreenFolder[]) {
      if (NOT_SHOWN.includes(screen.id)) continue;
      const keys = REACH[screen.id];
      if (keys === undefined)
        throw new Error(`expected how to reach ${screen.id} in scripts/shots/reach.ts, found nothing`);
      await goHome(pty);
      for (const key of keys) {
        pty.send(key);
        await sleep(SETTLED_MS);
      }
      const isThere = await pty.waitFor(proof(screen), 5_000).then(
        () => true,
        () => false,
      );
      if (!isThere) {
        problems.push(`${screen.id}: expected "${proof(screen)}" on the screen, found:\n${pty.screen()}`);
        continue;
      }
      await sleep(SETTLED_MS);
      writeFileSync(new URL(shotFile(screen.id, size), shots), svgOf(pty.buffer(), size, `mayday: ${screen.id}`));
      process.stdout.write(`${shotFile(screen.id, size)}\n`);
    }
  } finally {
    await pty.kill();
  }
  return problems;
}

/** The tour as a person takes it, as an asciicast. */
async function recordTour(): Promise<void> {
  const size = SIZES[0];
  const events: string[] = [];
  const pty = begin(['tour'], size, (ms, data) => events.push(JSON.stringify([Math.round(ms) / 1_000, 'o', data])));
  const press = async (key: string, then: string | RegExp, read = 2_500): Promise<void> => {
    await sleep(read);
    pty.send(key);
    await pty.waitFor(then, WAIT_MS);
  };
  try {
    await pty.waitFor('TOUR 1/', WAIT_MS);
    await pty.waitFor('data LIVE', WAIT_MS);
    await press('e', 'TOUR 2/');
    await press('\r', 'TOUR 3/');
    await press('a', 'ARMED');
    await press('f', 'effect proven', 1_500);
    await press('5', 'TOUR 7/');
    await press('!', 'scan complete', 4_000);
    await press('!', 'REMAIN 0');
    await press('1', /^HEALTH .*since/m);
    await sleep(3_000);
  } finally {
    await pty.kill();
  }
  const header = { version: 2, width: size.columns, height: size.rows, title: 'mayday tour' };
  writeFileSync(new URL('tour.cast', shots), `${[JSON.stringify(header), ...events].join('\n')}\n`);
  process.stdout.write('tour.cast\n');
}

mkdirSync(shots, { recursive: true });
try {
  await recordTour();
  const problems = (await Promise.all(SIZES.map(drawAll))).flat();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  writeFileSync(new URL('manifest.json', shots), `${JSON.stringify({ screens: screensHash(SCREENS) }, null, 2)}\n`);
} finally {
  rmSync(home, { recursive: true, force: true });
}
