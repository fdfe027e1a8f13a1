import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/cli/commands.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { connect } from '../../src/kube/connection/connection.ts';

// The bundle, as users run it; `npm run e2e` builds it first.
const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'dist/mayday.js');
const EXPERIMENT = join(ROOT, 'experiments/kserve/main-controller-kill.yaml');
const folder = mkdtempSync(join(tmpdir(), 'mayday-slow-'));
const kubeconfig = join(folder, 'kubeconfig');
let sandbox: ChildProcess;

/** What a pipe holds on Linux: a pipe that is full from the beginning makes every word wait for its reader. */
const PIPE_BYTES = 65_536;

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a line of shell in which `mayday` is the program. */
function shell(line: string): Promise<Ended> {
  const env = { ...process.env, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder, KUBECONFIG: kubeconfig, HOME: folder };
  const script = `mayday() { '${process.execPath}' '${PROGRAM}' "$@"; }\n${line}`;
  return new Promise(resolve => {
    const child = spawn('bash', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', text => {
        said[name] += text;
      });
    child.on('close', code => resolve({ code: code ?? -1, ...said }));
  });
}

/** The command into a pipe that is full, and whose reader takes its first look late: what it said, and its own exit code. */
async function slowly(args: string): Promise<Ended> {
  const full = `(head -c ${PIPE_BYTES} /dev/zero | tr '\\0' '#'; mayday ${args} </dev/null) | (sleep 2; cat); exit \${PIPESTATUS[0]}`;
  const ended = await shell(full);
  expect(ended.stdout.slice(0, PIPE_BYTES)).toBe('#'.repeat(PIPE_BYTES));
  return { ...ended, stdout: ended.stdout.slice(PIPE_BYTES) };
}

beforeAll(async () => {
  sandbox = spawn(
    process.execPath,
    [PROGRAM, 'sandbox', 'stuck-injections', '--attached', '--kubeconfig-out', kubeconfig],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, XDG_STATE_HOME: folder } },
  );
  for await (const _ of createInterface({ input: sandbox.stdout as NodeJS.ReadableStream })) break;
  await serveExperiments();
});

/** The framework's kind, as its controller brings it: `mayday apply` needs it. */
async function serveExperiments(): Promise<void> {
  const connected = await connect({ kubeconfig });
  if (!connected.ok) throw new Error(connected.message);
  const crd = readFileSync(join(ROOT, 'test/cluster/chaosexperiments.crd.yaml'), 'utf8');
  await connected.value.create(parse(crd) as KubeObject);
  await connected.value.close();
}

afterAll(async () => {
  sandbox.stdin?.end();
  await new Promise(done => sandbox.once('exit', done));
  rmSync(folder, { recursive: true, force: true });
});

const lastOf = (jsonl: string): unknown => JSON.parse(jsonl.trimEnd().split('\n').at(-1) ?? '');

/** So many files that a pipe cannot hold the report about them. */
const many = mkdtempSync(join(folder, 'many-'));
const good = readFileSync(EXPERIMENT, 'utf8');
for (let i = 0; i < 400; i += 1) writeFileSync(join(many, `${i}.yaml`), good);

type Case = [args: string, code: number, whole: (stdout: string) => void];

/** Each command that ends by itself, with what must be the whole of its words. */
const CASES: Case[] = [
  [
    `validate ${many} -o json`,
    0,
    text => {
      expect(text.length).toBeGreaterThan(PIPE_BYTES);
      expect(JSON.parse(text)).toMatchObject({ summary: { valid: 400, invalid: 0 } });
    },
  ],
  [
    'fix chaos/CrashLoopInject deploy/checkout -n shop --dry-run -o json',
    0,
    text => expect(JSON.parse(text)).toHaveProperty('receipts'),
  ],
  [`apply ${EXPERIMENT} --dry-run -o json`, 0, text => expect(JSON.parse(text)).toBeTruthy()],
  [`submit ${EXPERIMENT} --dry-run -o yaml`, 0, text => expect(text).toContain('kind: Job')],
  ['scan --all-contexts -o json', 0, text => expect(JSON.parse(text).clusters).toHaveLength(1)],
  ['list -o json', 0, text => expect(JSON.parse(text)).toHaveProperty('experiments')],
  ['info -o json', 0, text => expect(JSON.parse(text)).toHaveProperty('journals')],
  ['version', 0, text => expect(text).toMatch(/^mayday \d+\.\d+\.\d+\n$/)],
  ['complete -- explain web', 0, text => expect(text).toMatch(/^webhook\/stale\t[\s\S]*:4\n$/m)],
  ['completion bash', 0, text => expect(text).toMatch(/complete -F _mayday mayday\n$/)],
  ['sandbox --list', 0, text => expect(text).toMatch(/three-with-decoys .*\n$/)],
  ['explain -o json', 0, text => expect(JSON.parse(text)).toHaveProperty('gates')],
  ['triage -o json', 9, text => expect(JSON.parse(text).gates).toHaveLength(10)],
  ['latch status -o json', 0, text => expect(JSON.parse(text)).toHaveProperty('latched')],
  ['status -o json', 0, text => expect(JSON.parse(text)).toHaveProperty('context')],
  [`plan ${EXPERIMENT} -o json`, 0, text => expect(JSON.parse(text)).toHaveProperty('gates')],
  ['quiet --for 2s --interval 1s -o json', 0, text => expect(JSON.parse(text)).toHaveProperty('quietMs')],
  ['preflight test/fixtures/knowledge -o json', 9, text => expect(JSON.parse(text)).toHaveProperty('summary')],
  ['suggest configmap/checkout-config -n shop -o json', 0, text => expect(JSON.parse(text)).toBeTruthy()],
  ['report -o json', 0, text => expect(JSON.parse(text)).toBeTruthy()],
  ['baseline save -o json', 0, text => expect(JSON.parse(text).objects).toBeGreaterThan(20)],
  ['scan -o json', 0, text => expect(JSON.parse(text).injections.length).toBeGreaterThan(20)],
  ['guardian', 0, text => expect(lastOf(text)).toHaveProperty('is')],
  [
    `run --sandbox --speed 40 --yes -o jsonl ${EXPERIMENT}`,
    0,
    text => expect(lastOf(text)).toHaveProperty('event', 'verdict'),
  ],
  [
    'gameday validate experiments/gamedays/ai-platform-operators.yaml -o json',
    0,
    text => expect(JSON.parse(text)).toMatchObject({ valid: true }),
  ],
  [`suite --sandbox --speed 40 --yes -o jsonl ${EXPERIMENT}`, 0, text => expect(lastOf(text)).toHaveProperty('event')],
  ['demo --speed 40', 0, text => expect(text).toMatch(/\d remain\n$/)],
];

/** Takes away what the others look at. */
const LAST: Case[] = [
  ['revert --all --yes -o json', 7, text => expect(JSON.parse(text).receipts.length).toBeGreaterThan(20)],
];

/** Servers, and what a person at a terminal ends. */
const ENDED_BY_OTHERS = ['reaper', 'webhook-server', 'tour'];

describe.concurrent('however slow the reader, nothing ends before what it said is read', () => {
  it.each(CASES)('%s', async (args, code, whole) => {
    const ended = await slowly(args);
    whole(ended.stdout);
    expect(ended.code).toBe(code);
  });
});

describe('where its words cannot go', () => {
  it('a full disk is told, and is no success', async () => {
    const ended = await shell('mayday list >/dev/full');
    expect(ended.stderr).toMatch(/expected to write to standard output, found: ENOSPC/);
    expect(ended.code).toBe(1);
  });

  it('a disk that fills up in the middle of the words is noticed', async () => {
    const file = join(folder, 'cut');
    const ended = await shell(`ulimit -f 1; mayday explain >'${file}'`);
    expect(ended.stderr).toMatch(/found: EFBIG.*part of the output is missing/);
    expect(ended.code).toBe(1);
  });

  it('a reader that has had enough is no failure', async () => {
    const ended = await shell(`mayday list | head -1; exit \${PIPESTATUS[0]}`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('a run into a closed pipe goes on to its verdict and leaves nothing in', async () => {
    const ended = await shell(
      `mayday run --sandbox --speed 40 --yes -o jsonl ${EXPERIMENT} | true; exit \${PIPESTATUS[0]}`,
    );
    expect(ended.code).toBe(0);
  });

  it('a run onto a full disk goes on to its verdict, which nobody can read: no success', async () => {
    const ended = await shell(`mayday run --sandbox --speed 40 --yes -o jsonl ${EXPERIMENT} >/dev/full`);
    expect(ended.stderr).toMatch(/found: ENOSPC.*did its work and would have ended 0/);
    expect(ended.code).toBe(1);
  });
});

describe('a revert whose words nobody takes', () => {
  const remaining = async () => (JSON.parse((await shell('mayday scan -o json')).stdout) as Scan).injections.length;
  interface Scan {
    injections: { id: string; type: string }[];
  }
  const idsOf = async (count: number) =>
    (JSON.parse((await shell('mayday scan -o json')).stdout) as Scan).injections
      .filter(one => one.type === 'ConfigDrift' || one.type === 'ImageCorrupt')
      .slice(0, count)
      .map(one => one.id);

  it('a closed pipe: the injection is reverted, and the exit code says so', async () => {
    const before = await remaining();
    const [id] = await idsOf(1);
    const ended = await shell(`mayday revert ${id} --yes | true; exit \${PIPESTATUS[0]}`);
    expect(ended.code).toBe(0);
    expect(await remaining()).toBe(before - 1);
  });

  it('a full disk: the injection is reverted, and receipts that nobody can read are no success', async () => {
    const before = await remaining();
    const [id] = await idsOf(1);
    const ended = await shell(`mayday revert ${id} --yes >/dev/full`);
    expect(ended.stderr).toMatch(/found: ENOSPC.*did its work and would have ended 0/);
    expect(ended.code).toBe(1);
    expect(await remaining()).toBe(before - 1);
  });

  it.each(LAST)('a slow reader gets every receipt: %s', async (args, code, whole) => {
    const ended = await slowly(args);
    whole(ended.stdout);
    expect(ended.code).toBe(code);
    expect(await remaining()).toBe(JSON.parse(ended.stdout).remaining);
  });
});

it('a slow reader is tried with every command of the table that ends by itself', () => {
  const tried = new Set([...CASES, ...LAST].map(([args]) => args.split(' ')[0] ?? ''));
  const names = COMMANDS.map(({ usage }) => usage.split(' ')[0] ?? '');
  expect(names.filter(name => !tried.has(name)).toSorted()).toEqual(ENDED_BY_OTHERS.toSorted());
});
