import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../../host/clock.ts';
import { type WriteProblem, writePrivate } from '../../host/disk/private-file.ts';
import { problemOf } from '../../host/disk/regular.ts';
import { openLog } from '../../host/log.ts';
import { connect } from '../../kube/connection/connection.ts';
import { paths } from '../../runtime/paths.ts';
import { SCENARIOS } from '../../sandbox/scenarios/registry.ts';
import { startSandboxServer } from '../../sandbox/server.ts';
import type { CommandBody } from '../command.ts';
import { CommandFailure, EXIT } from '../failure.ts';
import { wholeNumber } from '../number.ts';
import { print } from '../output/output.ts';
import { type Access, submittedPods } from './programs.ts';

/** `mayday sandbox`: serves the embedded cluster until it is interrupted (or its standard input ends, with --attached). */
export const sandboxCommand: CommandBody = async ({ globals, args, options }) => {
  if (options.list === true) {
    const rows = SCENARIOS.map(({ name, summary }) => ({ name, summary }));
    const width = Math.max(...rows.map(row => row.name.length));
    const text = () => rows.map(row => `${row.name.padEnd(width)}  ${row.summary}`);
    print(rows, globals, text);
    return EXIT.done;
  }
  const scenario = knownScenario(String(args[0] ?? globals.sandbox ?? 'healthy'));
  const file = placeFor(options.kubeconfigOut);
  const log = openLog({ named: globals.logFile, ...paths(process.env) });
  let served: (access: Access) => void = () => undefined;
  const access = new Promise<Access>(resolve => {
    served = resolve;
  });
  const sandbox = await startSandboxServer({
    scenario,
    program: submittedPods(() => access),
    port: wholeNumber(options.port, 'port', 0, 65_535) ?? 0,
    speed: globals.speed ?? 1,
    ...seedOf(options.seed ?? process.env.MAYDAY_SANDBOX_SEED),
    onFault: error => log(`sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });
  keepKubeconfig(file.path, sandbox.kubeconfig, options.force === true);
  const { url, token, certificate: ca } = sandbox;
  const connected = await connect({ server: url, token, ca, name: 'sandbox', clock: systemClock });
  if (!connected.ok) throw new CommandFailure(connected.message, EXIT.internal);
  served({ url, ca, api: connected.value });
  const ended = untilAskedToEnd(options.attached === true);
  const answer = {
    url: sandbox.url,
    token: sandbox.token,
    ca: sandbox.certificate,
    name: `sandbox/${scenario}`,
    kubeconfig: file.path,
  };
  print(answer, globals, () => [
    `sandbox ${scenario} serves at ${sandbox.url}`,
    `export KUBECONFIG=${file.path}`,
    'ctrl-c ends it; everything in it is in memory',
  ]);
  await ended;
  await connected.value.close();
  await sandbox.stop();
  file.clean();
  return EXIT.done;
};

function knownScenario(name: string): string {
  // Options follow the name: ten-thousand-pods:churn=200.
  if (SCENARIOS.some(scenario => scenario.name === name.split(':', 1)[0])) return name;
  throw new CommandFailure(`expected a scenario of ${SCENARIOS.map(each => each.name).join(', ')}; found ${name}`);
}

/** Where to write the kubeconfig: the file that was named, else a temporary one that is deleted with the sandbox. */
function placeFor(named: unknown): { path: string; clean: () => void } {
  if (typeof named === 'string') return { path: resolve(named), clean: () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'mayday-sandbox-'));
  return { path: join(folder, 'kubeconfig'), clean: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Writes the kubeconfig. Refuses to overwrite a file without --force: it may be the user's only access to a cluster. */
function keepKubeconfig(path: string, text: string, force: boolean): void {
  const fail = (why: string) => new CommandFailure(`--kubeconfig-out: ${why}`);
  let unwritten: WriteProblem | undefined;
  try {
    unwritten = writePrivate(path, text, { replace: force });
  } catch (error) {
    throw fail(`cannot write ${path}: ${problemOf(error)}`);
  }
  if (unwritten?.is === 'refused') throw fail(`${unwritten.why} at ${path}`);
  if (unwritten) throw fail(`expected no file at ${path}, found one: name another, or replace it with --force`);
}

function untilAskedToEnd(attached: boolean): Promise<void> {
  return new Promise(done => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done());
    if (!attached) return;
    process.stdin.on('end', () => done()).on('error', () => done());
    process.stdin.resume();
  });
}

/** The seed of --seed. Without one every sandbox is a different cluster, so that journals of an earlier one do not match it. */
function seedOf(value: unknown): { seed?: number } {
  const seed = wholeNumber(value, 'seed', 0, Number.MAX_SAFE_INTEGER);
  return seed === undefined ? {} : { seed };
}
