import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SCREENS } from '../src/console/screens/registry.ts';
import type { ScreenFolder } from '../src/console/screens/screen.ts';
import { startFleet } from '../test/support/fleet.ts';
import { type Pty, type Size, start } from '../test/support/pty.ts';
import { screensHash } from './shots/manifest.ts';
import { REACH, SIZES, shotFile, type World } from './shots/reach.ts';
import { svgOf } from './shots/svg.ts';

// Draws every screen of the built program, as a terminal shows it, into docs/shots, and records the tour. It waits for what stands on
// the screen, never for a time, and the sandbox has always the same names.
const WAIT_MS = 120_000;
/** A screen rests when nothing but its clocks has changed in so many looks, one after the other. */
const LOOKS = 5;
const LOOK_EVERY_MS = 150;
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
  MAYDAY_SANDBOX_SEED: '20261128',
  NODE_ENV: 'production',
};
const program = new URL('dist/mayday.js', root).pathname;
/** No name of this machine goes into the files; the cells keep their number. */
const neutral = (text: string): string =>
  [home, root.pathname.slice(0, -1), hostname()].reduce(
    (rest, own) => rest.replaceAll(own, 'local'.padEnd(own.length, '-').slice(0, own.length)),
    text,
  );

const begin = (words: string[], size: Size, hear?: (ms: number, data: string) => void, state = 'state'): Pty =>
  start([process.execPath, program, ...words], size, {
    env: { ...env, XDG_STATE_HOME: join(home, state) },
    cwd: env.HOME,
    rewrite: neutral,
    ...(hear && { hear }),
  });

/** Ways out have this place on the key line, or a later one. */
const WAYS_OUT = 7;

/** What the key line shows of this screen alone; which of it depends on whether a text is typed there. */
const proofs = ({ keys }: ScreenFolder): string[] => {
  const shown = keys.filter(({ hint }) => hint !== undefined);
  const own = shown.filter(({ hint = 0 }) => hint < WAYS_OUT);
  return (own.length > 0 ? own : shown).map(({ says }) => says);
};

/** Words of a screen that is not whole yet. */
const UNDER_WAY = /\b(looking|reading|asking|loading|connecting|scanning|starting)\b|◦ G/i;

/** Resolves once a screen is whole and has come to rest; clocks go on. */
async function rest(pty: Pty, isWhole: (screen: string) => boolean): Promise<void> {
  const until = performance.now() + WAIT_MS;
  let before = '';
  for (let same = 0; same < LOOKS; ) {
    if (performance.now() > until) throw new Error(`it did not come to rest:\n${pty.screen()}`);
    await sleep(LOOK_EVERY_MS);
    const now = pty.screen();
    const still = now.replace(/[\d:]+/g, '0');
    same = still === before && isWhole(now) ? same + 1 : 0;
    before = still;
  }
}
const isAtRest = (screen: string): boolean => !UNDER_WAY.test(screen);

async function goHome(pty: Pty): Promise<void> {
  for (let presses = 0; presses < 8 && !/^HEALTH .*since/m.test(pty.screen()); presses++) {
    pty.send('\u001b');
    await rest(pty, () => true);
  }
  pty.send('1');
  await pty.waitFor(/^HEALTH .*since/m, WAIT_MS);
}

const folderOf = (id: string): ScreenFolder | undefined =>
  (SCREENS as readonly ScreenFolder[]).find(one => one.id === id);

/** Goes to a screen from home, by way of those before it. */
async function reach(pty: Pty, id: string): Promise<void> {
  const [way, folder] = [REACH[id], folderOf(id)];
  if (way === undefined || folder === undefined)
    throw new Error(`expected how to reach ${id} in scripts/shots/reach.ts`);
  if (way.from === undefined) await goHome(pty);
  else await reach(pty, way.from);
  let isSeen = false;
  for (const step of way.press) {
    if (step instanceof RegExp) await pty.waitFor(step, WAIT_MS);
    else {
      if (!isSeen) await rest(pty, () => true);
      pty.send(step);
    }
    isSeen = step instanceof RegExp;
  }
  const isThere = (screen: string) =>
    proofs(folder).some(says => screen.includes(says)) && (way.shows?.test(screen) ?? isAtRest(screen));
  await rest(pty, isThere).catch((error: Error) => {
    throw new Error(
      `${id}: expected one of "${proofs(folder).join('", "')}" and ${String(way.shows ?? 'nothing under way')}: ${error.message}`,
    );
  });
}

/** Draws every screen of one world at one size; what could not be reached is told at the end. */
async function drawAll(size: Size, world: World, words: string[]): Promise<string[]> {
  const problems: string[] = [];
  // The tour is the only past run of the sandbox; each of the others has records of its own.
  const pty = begin(words, size, undefined, world === 'sandbox' ? 'state' : world);
  try {
    await pty.waitFor('data LIVE', WAIT_MS);
    await rest(pty, isAtRest);
    for (const [id, way] of Object.entries(REACH)) {
      if ((way.in ?? 'sandbox') !== world) continue;
      try {
        await reach(pty, id);
        writeFileSync(new URL(shotFile(id, size), shots), svgOf(pty.buffer(), size, `mayday: ${id}`));
        process.stdout.write(`${shotFile(id, size)}\n`);
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
    }
  } finally {
    await pty.kill();
  }
  return problems;
}

/** The same cluster for every size and every world. */
async function drawWorlds(): Promise<string[]> {
  const day = join(home, 'work', 'friday.yaml');
  const experiment = new URL('experiments/kserve/main-controller-kill.yaml', root).pathname;
  writeFileSync(
    day,
    JSON.stringify({
      apiVersion: 'mayday.dev/v1alpha1',
      kind: 'GameDay',
      metadata: { name: 'friday' },
      spec: {
        objective: 'show that serving goes on while its controller restarts',
        scope: { namespaces: ['kserve', 'opendatahub'] },
        people: [{ name: 'Ana', role: 'owner' }],
        agenda: [{ name: 'controller-kill', experiment, ttl: '60s', soak: '1s' }],
      },
    }),
  );
  const fleet = await startFleet({
    'prod-eu': 'stuck-injections',
    'prod-us': 'healthy',
    staging: 'webhook-no-endpoints',
  });
  try {
    const worlds: [World, string[]][] = [
      ['sandbox', ['--sandbox=stuck-injections']],
      ['incident', ['--sandbox=stale-webhook']],
      ['gameday', ['--sandbox', '--gameday', day]],
      ['fleet', ['--kubeconfig', fleet.kubeconfig, '--config', fleet.config]],
    ];
    const all = worlds.flatMap(([world, words]) => SIZES.map(size => drawAll(size, world, words)));
    return (await Promise.all(all)).flat();
  } finally {
    await fleet.close();
  }
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
  const problems = await drawWorlds();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  writeFileSync(new URL('manifest.json', shots), `${JSON.stringify({ screens: screensHash(SCREENS) }, null, 2)}\n`);
} finally {
  rmSync(home, { recursive: true, force: true });
}
