import { spawn } from 'node:child_process';
import { isAbsolute, join } from 'node:path';
import { type Clean, cleanText, sanitise } from '../text/sanitise.ts';
import { failure } from './failure.ts';
import type { Outcome } from './outcome.ts';

/** The `exec` entry of a kubeconfig user. */
export interface ExecConfig {
  apiVersion?: string;
  command: string;
  args?: string[];
  env?: { name: string; value: string }[];
  installHint?: string;
  interactiveMode?: string;
  provideClusterInfo?: boolean;
}

export interface ExecCredential {
  token?: string;
  cert?: string;
  key?: string;
  /** Milliseconds since the epoch; never, when absent. */
  expiresAt?: number;
}

export interface CommandResult {
  /** Exit code; absent when the command could not be started or was ended by us. */
  code?: number;
  stdout: string;
  stderr: string;
  /** Why it did not run to its end: a node error code, or `deadline`. */
  error?: string;
}

export type RunCommand = (
  command: string,
  args: string[],
  env: Record<string, string | undefined>,
  deadlineMs: number,
) => Promise<CommandResult>;

const DEADLINE_MS = 60_000;

/** Asks a credential plugin (client.authentication.k8s.io) for a credential, once, without a terminal. */
export async function execCredential(
  config: ExecConfig,
  parts: { user: string; folder: string; env: Record<string, string | undefined>; cluster: object; run: RunCommand },
): Promise<Outcome<ExecCredential>> {
  const plugin = cleanText`credential plugin ${sanitise(config.command, 128)} of user ${sanitise(parts.user, 128)}`;
  if (config.interactiveMode === 'Always') {
    return refused(
      cleanText`${plugin} wants a terminal (interactiveMode Always); log in with it first, then use a kubeconfig with a token`,
    );
  }
  const result = await parts.run(
    commandPath(config.command, parts.folder),
    config.args ?? [],
    environment(config, parts.env, parts.cluster),
    DEADLINE_MS,
  );
  const problem = problemOf(config, result);
  if (problem) return refused(cleanText`${plugin} ${problem}`);
  return parse(result.stdout, plugin);
}

const refused = (message: Clean) => failure('unauthorized', message);

/** A command with a slash is meant relative to the kubeconfig that names it. */
function commandPath(command: string, folder: string): string {
  return command.includes('/') && !isAbsolute(command) ? join(folder, command) : command;
}

function environment(config: ExecConfig, env: Record<string, string | undefined>, cluster: object) {
  const apiVersion = config.apiVersion ?? 'client.authentication.k8s.io/v1';
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(config.provideClusterInfo && { cluster }) },
  };
  const added = Object.fromEntries((config.env ?? []).map(({ name, value }) => [name, value]));
  return { ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info), ...added };
}

function problemOf(config: ExecConfig, result: CommandResult): Clean | undefined {
  const hint = config.installHint ? cleanText`; ${sanitise(config.installHint, 300)}` : sanitise('');
  if (result.error === 'ENOENT') return cleanText`was not found; install it or put it on the PATH${hint}`;
  if (result.error === 'deadline') return cleanText`gave no answer within ${DEADLINE_MS / 1000}s`;
  if (result.error) return cleanText`could not be started: ${sanitise(result.error, 200)}${hint}`;
  if (result.code === 0) return undefined;
  const said = sanitise(result.stderr.trim() || 'it said nothing', 300);
  return cleanText`failed with exit code ${result.code ?? -1}: ${said}`;
}

function parse(stdout: string, plugin: Clean): Outcome<ExecCredential> {
  let answer: { kind?: unknown; status?: Record<string, unknown> };
  try {
    answer = JSON.parse(stdout);
  } catch {
    return refused(cleanText`${plugin} printed no ExecCredential in JSON`);
  }
  const status = answer?.status;
  const text = (field: string) => (typeof status?.[field] === 'string' ? (status[field] as string) : undefined);
  const token = text('token');
  const cert = text('clientCertificateData');
  const key = text('clientKeyData');
  if (!token && !(cert && key)) return refused(cleanText`${plugin} gave neither a token nor a client certificate`);
  const expiresAt = Date.parse(text('expirationTimestamp') ?? '');
  return {
    ok: true,
    status: 0,
    value: {
      ...(token && { token }),
      ...(cert && { cert }),
      ...(key && { key }),
      ...(!Number.isNaN(expiresAt) && { expiresAt }),
    },
  };
}

/** Runs a command without input and collects what it prints; ends it at the deadline. */
export const runCommand: RunCommand = (command, args, env, deadlineMs) =>
  new Promise(resolve => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const out = { stdout: '', stderr: '' };
    let error: string | undefined;
    const timer = setTimeout(() => {
      error = 'deadline';
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
    }, deadlineMs);
    child.stdout.setEncoding('utf8').on('data', chunk => {
      out.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', chunk => {
      out.stderr += chunk;
    });
    child.on('error', (failed: NodeJS.ErrnoException) => {
      error = failed.code ?? failed.message;
    });
    child.on('close', code => {
      clearTimeout(timer);
      resolve({ ...out, ...(code !== null && code >= 0 && { code }), ...(error && { error }) });
    });
  });
