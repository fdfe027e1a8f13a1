/**
 * Plays incidents on a real control plane, asks `mayday triage` about each, and judges the answers:
 * `npm run triage:bank -- [--prove] [--fix] [--keep] [--anew] [slug…]`. With `--fix` mayday then mends the
 * first root itself, where it can, and is asked again: its receipt must say that it is done, and the finding must be gone.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whyNoControlPlane } from '../../cluster/controlplane/build.ts';
import { runProgram } from '../../e2e/providers/kubectl.ts';
import { type Incident, incidents } from './incident.ts';
import { type Judgement, judge, type Printed } from './judge.ts';
import { forgetBase, type Lab, openLab } from './lab.ts';
import { play } from './play.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const answers = `${root}.cache/triage-bank/answers/`;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Judged extends Judgement {
  incident: Incident;
  seconds: number;
  /** The first root, of an incident. */
  root?: Printed;
}

/** What came of all incidents. */
interface Tally {
  judged: Judged[];
  missed: string[];
  unmended: string[];
}

const FLAGS = ['--prove', '--fix', '--keep', '--anew', '--list'];

async function main(given: readonly string[]): Promise<number> {
  const flags = new Set(given.filter(word => word.startsWith('--')));
  const odd = [...flags].find(flag => !FLAGS.includes(flag));
  if (odd) throw new Error(`expected --prove, --fix, --keep, --anew or --list, found ${odd}`);
  const chosen = incidents(given.filter(word => !word.startsWith('--')));
  if (flags.has('--list')) {
    for (const { slug, title, decoy } of chosen) print(`${slug.padEnd(34)} ${decoy ? 'decoy: ' : ''}${title}`);
    return 0;
  }
  const obstacle = whyNoControlPlane();
  if (obstacle) throw new Error(obstacle);
  if (flags.has('--anew')) forgetBase();
  const tally: Tally = { judged: [], missed: [], unmended: [] };
  for (const incident of chosen) await tryOne(incident, flags, tally);
  return summed(tally);
}

/** Plays one incident on a lab of its own and asks about it. */
async function tryOne(incident: Incident, flags: ReadonlySet<string>, tally: Tally): Promise<void> {
  let lab: Lab | undefined;
  try {
    lab = await openLab(print);
    await play(lab, incident);
    if (flags.has('--prove')) print(`${incident.slug.padEnd(34)} there`);
    else await judgeOne(lab, incident, flags.has('--fix'), tally);
    if (flags.has('--keep')) await kept(lab);
  } catch (error) {
    tally.missed.push(incident.slug);
    print(`${incident.slug.padEnd(34)} not produced: ${(error as Error).message}`);
  } finally {
    await lab?.close();
  }
}

async function judgeOne(lab: Lab, incident: Incident, mends: boolean, tally: Tally): Promise<void> {
  const one = await ask(lab, incident);
  tally.judged.push(one);
  if (mends && one.root && !(await mended(lab, incident.slug, one.root))) tally.unmended.push(incident.slug);
}

/** Prints the totals; 0 where all was produced, judged right and mended. */
function summed({ judged, missed, unmended }: Tally): number {
  if (judged.length > 0) print(total(judged));
  if (missed.length > 0) print(`not produced: ${missed.join(' ')}`);
  if (unmended.length > 0) print(`not mended: ${unmended.join(' ')}`);
  const right = ({ verdict, fix, also }: Judged) => (verdict === 'first' && fix && also) || verdict === 'clean';
  return missed.length === 0 && unmended.length === 0 && judged.every(right) ? 0 : 1;
}

async function ask(lab: Lab, incident: Incident): Promise<Judged> {
  const began = performance.now();
  const { stdout, stderr } = await mayday(lab, ['triage']);
  const seconds = (performance.now() - began) / 1000;
  mkdirSync(answers, { recursive: true });
  writeFileSync(`${answers}${incident.slug}.json`, stdout);
  const roots = rootsIn(stdout);
  if (!roots) throw new Error(`triage gave no JSON with roots: ${(stderr || stdout).trim().slice(-300)}`);
  const [root] = roots;
  const judged = { ...judge(roots, incident), incident, seconds, ...(root && !incident.decoy && { root }) };
  print(lineOf(judged));
  return judged;
}

/** Runs mayday against the lab, with its journals in the lab's folder. */
function mayday(lab: Lab, words: readonly string[]) {
  const [program = 'node', ...rest] = (process.env.MAYDAY ?? `${process.execPath} ${root}dist/mayday.js`).split(' ');
  const home = join(lab.cluster.folder, 'home');
  mkdirSync(join(home, 'mayday'), { recursive: true, mode: 0o700 });
  // No guardian: it would outlive the lab.
  writeFileSync(join(home, 'mayday', 'config.yaml'), 'guardian: off\n', { mode: 0o600 });
  const own = [`XDG_STATE_HOME=${home}`, `XDG_CONFIG_HOME=${home}`];
  return runProgram('env', [...own, program, ...rest, ...words, '--kubeconfig', lab.cluster.kubeconfig, '-o', 'json']);
}

const MENDS_WITHIN_MS = 30_000;

/** Lets mayday mend a finding, and asks until it is gone. True where there is nothing that mayday itself can do. */
async function mended(lab: Lab, slug: string, { id }: Printed): Promise<boolean> {
  const { code, stdout, stderr } = await mayday(lab, ['fix', id, '--yes']);
  const said = (word: string) => print(`${slug.padEnd(34)} ${word}`);
  if (/expected a finding that mayday can fix itself/.test(stderr)) {
    said('nothing for mayday to mend');
    return true;
  }
  if (code !== 0) {
    said(`NOT MENDED, exit ${code}: ${(stderr || stdout).trim().slice(-300)}`);
    return false;
  }
  for (const deadline = performance.now() + MENDS_WITHIN_MS; performance.now() < deadline; ) {
    const roots = rootsIn((await mayday(lab, ['triage'])).stdout) ?? [];
    if (!roots.some(one => one.id === id)) {
      said(`mended: ${stdout.replace(/\s+/g, ' ').slice(0, 160)}`);
      return true;
    }
  }
  said(`DONE, AND STILL THERE: ${stdout.replace(/\s+/g, ' ').slice(0, 160)}`);
  return false;
}

function rootsIn(text: string): Printed[] | undefined {
  try {
    const { roots } = JSON.parse(text) as { roots?: Printed[] };
    return Array.isArray(roots) ? roots : undefined;
  } catch {
    return undefined;
  }
}

function lineOf({ incident, verdict, fix, also, extra, says, seconds }: Judged): string {
  const remarks = incident.decoy
    ? ''
    : `${fix ? 'fix' : 'no fix'}${also ? '' : ', other fault missed'}${extra > 0 ? `, ${extra} more` : ''}`;
  return [
    incident.slug.padEnd(34),
    verdict.padEnd(11),
    remarks.padEnd(16),
    `${seconds.toFixed(1)} s`,
    says.join('; '),
  ].join('  ');
}

function total(judged: readonly Judged[]): string {
  const real = judged.filter(({ incident }) => !incident.decoy);
  const decoys = judged.filter(({ incident }) => incident.decoy);
  const count = (list: readonly Judged[], is: (one: Judged) => boolean) => list.filter(is).length;
  const times = judged.map(({ seconds }) => seconds).sort((a, b) => a - b);
  return [
    `root first ${count(real, one => one.verdict === 'first')}/${real.length}`,
    `named ${count(real, one => one.verdict !== 'none')}/${real.length}`,
    `fix ${count(real, one => one.fix)}/${real.length}`,
    `independent faults missed ${count(real, one => !one.also)}`,
    `roots too many ${real.reduce((sum, one) => sum + one.extra, 0)}`,
    `false alarms ${count(decoys, one => one.verdict !== 'clean')}/${decoys.length}`,
    `median ${(times[Math.floor(times.length / 2)] ?? 0).toFixed(1)} s`,
  ].join(', ');
}

async function kept({ cluster }: Lab): Promise<void> {
  print(`export KUBECONFIG=${cluster.kubeconfig}   (ctrl-c ends it)`);
  await new Promise<void>(done => {
    const alive = setInterval(() => {}, 60_000);
    process.once('SIGINT', () => {
      clearInterval(alive);
      done();
    });
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
