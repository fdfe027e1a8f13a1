import { resolve } from 'node:path';
import { isFields } from '../../k8s/fields.ts';
import { type Clean, cleanText, sanitise } from '../../text/sanitise.ts';
import { failure } from '../client/http/failure.ts';
import type { Outcome } from '../client/http/outcome.ts';
import { exactJson, readGoYaml } from './go-yaml.ts';
import type { CommandResult, RunCommand } from './run-command.ts';

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
  /** Expiry in milliseconds since the epoch; absent: never. */
  expiresAt?: number;
}

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
  const problem = commandProblem(result, DEADLINE_MS, config.installHint);
  if (problem) return refused(cleanText`${plugin} ${problem}`);
  return parse(result.stdout, plugin, config.apiVersion);
}

const refused = (message: Clean) => failure('unauthorized', message);

/** A relative command with a slash is relative to the folder of its kubeconfig. */
function commandPath(command: string, folder: string): string {
  return command.includes('/') ? resolve(folder, command) : command;
}

function environment(config: ExecConfig, env: Record<string, string | undefined>, cluster: object) {
  const apiVersion = config.apiVersion ?? 'client.authentication.k8s.io/v1';
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(config.provideClusterInfo && { cluster }) },
  };
  const added = Object.fromEntries((config.env ?? []).map(({ name, value }) => [name, value]));
  return { ...env, KUBERNETES_EXEC_INFO: exactJson(info), ...added };
}

/** Why a command did not print a credential, worded to follow its name; its own output is cut and sanitised. */
export function commandProblem(result: CommandResult, deadlineMs: number, installHint?: string): Clean | undefined {
  const hint = installHint ? cleanText`; ${sanitise(installHint, 300)}` : sanitise('');
  const words = result.stderr.trim();
  if (result.error === 'ENOENT') return cleanText`was not found; install it or put it on the PATH${hint}`;
  if (result.error === 'deadline') {
    const lastOutput = words === '' ? sanitise('') : cleanText`; it said: ${sanitise(words, 300)}`;
    return cleanText`gave no answer within ${deadlineMs / 1000}s and was ended${lastOutput}`;
  }
  if (result.error === 'too-much') return cleanText`printed more than 1 MiB and was ended: no credential is that long`;
  if (result.error) return cleanText`could not be started: ${sanitise(result.error, 200)}${hint}`;
  if (result.code === 0) return undefined;
  return cleanText`failed with exit code ${result.code ?? -1}: ${sanitise(words || 'it said nothing', 300)}`;
}

/** The output of a plugin as YAML, which kubectl accepts too; an object of the kind `none` if it is not a map. */
function parsedYaml(stdout: string): Record<string, unknown> | null {
  try {
    const { asText } = readGoYaml(stdout);
    return isFields(asText) ? asText : { kind: 'none' };
  } catch {
    return { kind: 'none' };
  }
}

function parse(stdout: string, plugin: Clean, expected: string | undefined): Outcome<ExecCredential> {
  let answer: { apiVersion?: unknown; kind?: unknown; status?: Record<string, unknown> } | null;
  try {
    answer = JSON.parse(stdout);
  } catch {
    answer = parsedYaml(stdout);
  }
  if (typeof answer !== 'object' || (answer?.kind ?? 'ExecCredential') !== 'ExecCredential')
    return refused(cleanText`${plugin} printed no ExecCredential in JSON`);
  const { apiVersion = expected } = answer ?? {};
  if (expected !== undefined && apiVersion !== expected)
    return refused(
      cleanText`${plugin} answered in ${sanitise(apiVersion, 128)}; the kubeconfig expects ${sanitise(expected, 128)}`,
    );
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
