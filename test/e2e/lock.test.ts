import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onSandbox } from './providers/on-sandbox.ts';
import { program } from './providers/program.ts';

const EXPERIMENT = join(import.meta.dirname, '../../experiments/llamastack/config-drift.yaml');
const LEASE = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  namespace: 'default',
  name: 'operator-chaos-lock-llamastack',
};

const children: ChildProcess[] = [];
const on = onSandbox(() => {
  for (const child of children) child.kill('SIGKILL');
});

interface Command {
  text(): string;
  pid: number;
  /** Resolves once this was said, or it ended. */
  said(what: RegExp): Promise<boolean>;
  ended: Promise<number | null>;
}

/** The program as one person on this machine has it: a home, and so journals, of their own. */
function person() {
  // The faults of those that are killed stay in until somebody reverts them.
  const env = { ...process.env, ...on.home('guardian: off').env };
  return (...words: string[]): Command => {
    const [node, script] = program();
    const child = spawn(node, [script, ...words, '--kubeconfig', on.provider().kubeconfig], { env });
    children.push(child);
    let text = '';
    let hear = (): void => undefined;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        hear();
      });
    const ended = new Promise<number | null>(resolve => child.once('close', resolve));
    return {
      text: () => text,
      pid: child.pid ?? 0,
      ended,
      said: what =>
        new Promise(resolve => {
          hear = () => {
            if (what.test(text)) resolve(true);
          };
          hear();
          void ended.then(() => resolve(what.test(text)));
        }),
    };
  };
}

async function victim(name: string) {
  await on.api().create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'opendatahub' },
    data: { 'config.yaml': 'the original' },
  });
  return ['run', EXPERIMENT, '--yes', '--soak', '60s', '--set', `injection.parameters.name=${name}`];
}
const dataOf = async (name: string) => {
  const got = await on.api().get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'opendatahub', name });
  return got.ok ? got.value.data : got.reason;
};

test('of two processes one injects; its kill -9 lets the next user in; revert --all frees everything', async () => {
  const runs = [await victim('lock-a'), await victim('lock-b')].map(words => person()(...words));
  const injected = await Promise.all(runs.map(run => run.said(/ injected /)));
  expect(injected.filter(Boolean)).toHaveLength(1);
  const [winner, loser] = (injected[0] ? runs : runs.toReversed()) as [Command, Command];
  expect(await loser.ended).toBe(5);
  expect(loser.text()).toMatch(/gate +NO +lock: llamastack is locked by \S+ since .*wait until that run is over/);

  const reader = person();
  const scan = reader('scan', '-o', 'json');
  expect(await scan.ended).toBe(0);
  expect(JSON.parse(scan.text())).toMatchObject({
    locks: [{ operator: 'llamastack', by: 'mayday', holder: expect.stringContaining(`/${winner.pid}/`) }],
    injections: [{ type: 'ConfigDrift' }],
  });
  const plan = reader('plan', EXPERIMENT);
  expect(await plan.ended).toBe(5);
  expect(plan.text()).toMatch(/STOP +lock: llamastack is locked by/);

  process.kill(winner.pid, 'SIGKILL');
  await winner.ended;
  const next = person()(...(await victim('lock-c')));
  expect(await next.said(/ injected /)).toBe(true);
  expect(next.text()).toMatch(/gate +ok +lock: taken over from \S+: its process \d+ is gone/);

  // The emergency revert heeds no lock, not even that of a run that lives.
  const revert = reader('revert', '--all', '--yes');
  expect(await revert.ended).toBe(0);
  expect(revert.text()).toMatch(/locks freed: llamastack/);
  expect(await on.api().get(LEASE)).toMatchObject({ ok: false, reason: 'not-found' });
  for (const name of ['lock-a', 'lock-b', 'lock-c'])
    expect(await dataOf(name)).toEqual({ 'config.yaml': 'the original' });
  process.kill(next.pid, 'SIGTERM');
  expect(await next.ended).toBe(6);
  await on.api().remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'mayday-latch' });
});
