import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { KubeObject } from '../../k8s/object.ts';
import type { Api } from '../../kube/client/api.ts';
import { thisProgram } from '../../runtime/sandbox-process.ts';
import type { Program, StartProgram } from '../../sandbox/kubelet/programs.ts';
import { SUBMISSION } from '../../submit/names.ts';
import { jsonText } from '../../text/json.ts';
import { messageOf } from '../../text/message-of.ts';

type Pod = Parameters<StartProgram>[0];
type Container = Parameters<StartProgram>[1];

/** How to reach the sandbox, once it serves. */
export interface Access {
  url: string;
  ca: string;
  /** A client with administrator rights, which requests tokens for the pods. */
  api: Api;
}

/**
 * Runs the pods of `mayday submit` as processes of this program, each with the pod's service account and its plans in a folder, so that
 * the sandbox shows what they really do. No other container is ever started.
 */
export function submittedPods(access: () => Promise<Access>): StartProgram {
  return (pod, container, line) =>
    pod.metadata.labels?.[SUBMISSION] === undefined ? undefined : startProgram(access, pod, container, line);
}

function startProgram(
  access: () => Promise<Access>,
  pod: Pod,
  container: Container,
  line: (text: string) => void,
): Program {
  let code: number | undefined;
  let child: ChildProcess | undefined;
  let wanted: NodeJS.Signals | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'mayday-pod-'));
  const ended = (exit: number) => {
    code ??= exit;
    rmSync(folder, { recursive: true, force: true });
  };
  const signal = (name: NodeJS.Signals) => {
    wanted = name;
    child?.kill(name);
  };
  const begin = async () => {
    const here = await access();
    await writeMounts(here, pod, container, folder);
    const at = placed(container, folder);
    const variables = environment(pod, container, at);
    const args = (container.args ?? []).map(word => at(expanded(word, variables)));
    const refused = refusedArgument(args);
    if (refused !== undefined) throw new Error(`no pod of \`mayday submit\` has the argument ${refused}`);
    if (wanted !== undefined) return ended(143);
    const [node, script] = thisProgram();
    child = spawn(node, [script, ...args], {
      env: { PATH: process.env.PATH, ...variables, KUBECONFIG: join(folder, 'kubeconfig') },
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: folder,
    });
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', line);
    child.once('error', () => ended(127));
    child.once('close', (exit, by) => ended(exit ?? (by === 'SIGKILL' ? 137 : 143)));
  };
  begin().catch((error: unknown) => {
    line(`the pod could not be started: ${messageOf(error)}`);
    ended(128);
  });
  return { exitCode: () => code, stop: () => signal('SIGTERM'), kill: () => signal('SIGKILL') };
}

/** Writes the files that the pod mounts, and a kubeconfig for its service account. */
async function writeMounts({ api, url, ca }: Access, pod: Pod, container: Container, folder: string): Promise<void> {
  const { namespace = 'default' } = pod.metadata;
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    const target = join(folder, mountPath);
    mkdirSync(target, { recursive: true, mode: 0o700 });
    const volume = pod.spec.volumes?.find(one => one.name === name);
    const source = mounted(volume ?? {});
    if (source === undefined) continue;
    const { kind, name: from } = source;
    const object = await api.get({ apiVersion: 'v1', kind, namespace, name: from });
    if (!object.ok) throw new Error(object.message);
    const data = (object.value.data ?? {}) as Record<string, string>;
    const items = source.items ?? Object.keys(data).map(key => ({ key, path: key }));
    for (const { key, path } of items) {
      mkdirSync(dirname(join(target, path)), { recursive: true });
      const content = Buffer.from(data[key] ?? '', kind === 'Secret' ? 'base64' : 'utf8');
      writeFileSync(join(target, path), content, { mode: 0o600 });
    }
  }
  writeFileSync(join(folder, 'kubeconfig'), await kubeconfig(api, { url, ca }, pod), { mode: 0o600 });
}

interface Mounted {
  kind: 'ConfigMap' | 'Secret';
  name: string;
  items?: { key: string; path: string }[];
}

/** What a volume shows as files. */
function mounted({ configMap, secret }: Record<string, unknown>): Mounted | undefined {
  if (configMap !== undefined) return { kind: 'ConfigMap', ...(configMap as Omit<Mounted, 'kind'>) };
  const { secretName: name, ...rest } = (secret ?? {}) as { secretName?: string } & Pick<Mounted, 'items'>;
  return name === undefined ? undefined : { kind: 'Secret', name, ...rest };
}

async function kubeconfig(api: Api, { url, ca }: { url: string; ca: string }, pod: Pod): Promise<string> {
  const { namespace = 'default' } = pod.metadata;
  const account = pod.spec.serviceAccountName ?? 'default';
  const made = await api.raw({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  });
  if (!made.ok) throw new Error(made.message);
  const { token } = (made.value as KubeObject & { status: { token: string } }).status;
  return jsonText({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'in-cluster',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name: 'service-account', user: { token } }],
    contexts: [{ name: 'in-cluster', context: { cluster: 'in-cluster', user: 'service-account', namespace } }],
    'current-context': 'in-cluster',
  });
}

/** Translates paths below a mount to paths on this machine. */
function placed({ volumeMounts = [] }: Container, folder: string): (word: string) => string {
  return word =>
    volumeMounts.some(({ mountPath }) => word === mountPath || word.startsWith(`${mountPath}/`))
      ? join(folder, word)
      : word;
}

/** The commands that pods of `mayday submit` run. `OTHER_CLUSTER` matches options by which they would reach another cluster. */
const COMMANDS: readonly string[] = ['run', 'suite'];
const OTHER_CLUSTER = /^--(kubeconfig|context|contexts|contexts-file|all-contexts)(=|$)/;
/** The environment variables that such a pod has. Others are not passed on: some make Node.js run other code. */
const VARIABLES: ReadonlySet<string> = new Set(['XDG_STATE_HOME', 'HOME', 'JOB_COMPLETION_INDEX']);

/** The first argument that no pod of a submission has. It is refused because the process runs on this machine, as its user. */
export function refusedArgument([command = '', ...rest]: readonly string[]): string | undefined {
  return COMMANDS.includes(command) ? rest.find(word => OTHER_CLUSTER.test(word)) : command || 'nothing';
}

const FIELD = /^metadata\.(annotations|labels)\['(.+)'\]$/;

function environment(pod: Pod, { env = [] }: Container, at: (word: string) => string): Record<string, string> {
  const taken = env.filter(({ name }) => VARIABLES.has(name));
  const given = taken.map(({ name, value = '', valueFrom }) => {
    const path = (valueFrom as { fieldRef?: { fieldPath?: string } } | undefined)?.fieldRef?.fieldPath;
    const [, part, key = ''] = FIELD.exec(path ?? '') ?? [];
    const field = part === undefined ? undefined : pod.metadata[part as 'annotations' | 'labels']?.[key];
    return [name, at(field ?? value)];
  });
  return { HOSTNAME: pod.metadata.name, ...Object.fromEntries(given) };
}

/** Expands `$(NAME)` as a kubelet does. */
const expanded = (word: string, variables: Readonly<Record<string, string>>): string =>
  word.replace(/\$\(([A-Za-z_]\w*)\)/g, (whole, name: string) => variables[name] ?? whole);
