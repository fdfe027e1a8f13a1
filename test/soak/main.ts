import { parseArgs } from 'node:util';
import { cpuSeconds, mostResidentMb, residentMb } from '../bench/process-usage.ts';
import { cleanState, MAYDAY, NODE, sandbox, sleep } from '../bench/program.ts';
import { start } from '../support/pty.ts';
import { courseOf, type Minute } from './flat.ts';

// Leaves the console open before a sandbox in which pods change all the time, walks through its screens, and says whether memory
// stays what it was.
const { values } = parseArgs({
  options: { minutes: { type: 'string' }, events: { type: 'string' }, pods: { type: 'string' } },
});
const [minutes, events, pods] = [number('minutes', 60), number('events', 100), number('pods', 10_000)];

/** A walk over the screens: what leaks usually does so where something is opened and left. */
const WALK = [...'2j345j', '\r', '\u001b', ...'67?', '\u001b', ':', '\u001b', '1', 'e', '\r', '\u001b', '1'];
const KEY_EVERY_MS = 3_000;
const LOOK_EVERY_MS = 1_000;

function number(name: 'minutes' | 'events' | 'pods', usual: number): number {
  const given = Number(values[name] ?? usual);
  if (Number.isInteger(given) && given > 0) return given;
  throw new Error(`--${name}: expected a whole number above 0, found ${values[name]}`);
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const mb = (value: number): string => value.toFixed(0).padStart(4);

const cluster = await sandbox(`ten-thousand-pods:churn=${events}:pods=${pods}`);
const console = start(
  [NODE, MAYDAY, '--kubeconfig', cluster.kubeconfig],
  { columns: 120, rows: 40 },
  {
    env: cleanState(),
  },
);
let isOver = false;
void console.exit.then(() => {
  isOver = true;
});

async function walk(): Promise<void> {
  for (let at = 0; !isOver; at = (at + 1) % WALK.length) {
    console.send(WALK[at] ?? '');
    await sleep(KEY_EVERY_MS);
  }
}

/** Looks once a second for a minute. */
async function minute(): Promise<Minute> {
  const until = performance.now() + 60_000;
  const seen: number[] = [];
  while (performance.now() < until && !isOver) {
    seen.push(residentMb(console.pid));
    await sleep(LOOK_EVERY_MS);
  }
  return { least: Math.min(...seen), most: Math.max(...seen) };
}

try {
  await console.waitFor('data LIVE', 120_000);
  say(`${pods} pods, ${events} changes a second, a key every ${KEY_EVERY_MS / 1_000} s, for ${minutes} minutes`);
  say('minute   MB: least, most   CPU % of a core');
  void walk();
  const course: Minute[] = [];
  for (let count = 1; count <= minutes && !isOver; count++) {
    const cpu = cpuSeconds(console.pid);
    const found = await minute();
    if (isOver) throw new Error(`the console ended; it showed:\n${console.screen()}`);
    course.push(found);
    const used = ((cpuSeconds(console.pid) - cpu) / 60) * 100;
    say(`${String(count).padStart(6)}      ${mb(found.least)}, ${mb(found.most)}   ${used.toFixed(1).padStart(6)}`);
  }
  const end = courseOf(course);
  say(`most at any time: ${mb(mostResidentMb(console.pid)).trim()} MB`);
  if (end === undefined) say('too few minutes to say whether memory is flat: six are needed');
  else {
    say(
      `${end.isFlat ? 'flat' : 'NOT FLAT'}: ${mb(end.before).trim()} MB in the first half, ${mb(end.after).trim()} MB in the second`,
    );
    if (!end.isFlat) process.exitCode = 1;
  }
} finally {
  await console.kill();
  await cluster.stop();
}
