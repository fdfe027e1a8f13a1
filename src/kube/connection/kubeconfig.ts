import { dirname, isAbsolute, join } from 'node:path';
import {
  type Cluster,
  type Context,
  newClusters,
  newContexts,
  newUsers,
  type User,
} from '@kubernetes/client-node/dist/config_types.js';
import { messageOf } from '../../text/message-of.ts';
import { type Clean, cleanText, sanitise } from '../../text/sanitise.ts';
import type { ExecConfig } from './exec-credential.ts';
import { readGoYaml } from './go-yaml.ts';

/** The parts of the machine that a kubeconfig is read from; passed in for tests. */
export interface Machine {
  env: Record<string, string | undefined>;
  home: string;
  /** The file's text; undefined when there is no such file. */
  read(path: string): Promise<string | undefined>;
  /** A cache of parsed files: parsing the kubeconfig of many clusters takes longer than connecting to one of them. */
  parsed?: Map<string, { text: string; config: Kubeconfig }>;
}

/** A kubeconfig user with what the client library's own type leaves out. */
export type KubeUser = User & {
  impersonateGroups?: string[];
  impersonateUid?: string;
  impersonateExtra?: Record<string, string[]>;
  execConfig?: ExecConfig;
  /** Folder of the file that defines the user; commands are relative to it. */
  folder?: string;
};

/** A kubeconfig cluster with what the client library's own type leaves out. */
export type KubeCluster = Cluster & {
  /** The cluster's data for credential plugins: its extension `client.authentication.k8s.io/exec`; integers are `bigint`. */
  execExtension?: unknown;
  disableCompression?: boolean;
};

export interface Kubeconfig {
  clusters: KubeCluster[];
  contexts: Context[];
  users: KubeUser[];
  currentContext: string | undefined;
  /** The files it was read from. */
  files: string[];
}

/** Cluster, user and namespace of one context. */
export interface Target {
  context: string;
  cluster: KubeCluster;
  user: KubeUser;
  namespace: string;
}

export interface Refusal {
  ok: false;
  /**
   * `kubeconfig`: missing or unreadable; `context`: the requested one does not exist; `credentials`: they could not
   * be obtained.
   */
  reason: 'kubeconfig' | 'context' | 'credentials';
  message: Clean;
}

export type Loaded<T> = { ok: true; value: T } | Refusal;

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

const refuse = (reason: Refusal['reason'], message: Clean): Refusal => ({ ok: false, reason, message });

const listedFiles = ({ env }: Machine): string[] => (env.KUBECONFIG ?? '').split(':').filter(file => file !== '');

/** The files that a kubeconfig is read from, whether or not they exist. */
export function kubeconfigFiles(machine: Machine, path?: string): string[] {
  if (path) return [path];
  const listed = listedFiles(machine);
  return listed.length > 0 ? listed : [join(machine.home, '.kube', 'config')];
}

/**
 * Reads the kubeconfig as kubectl does: the file given; else the files of KUBECONFIG, where the first to define a name wins and missing ones are
 * skipped; else `~/.kube/config`; else the pod's own service account.
 */
export async function loadKubeconfig(machine: Machine, path?: string): Promise<Loaded<Kubeconfig>> {
  const listed = listedFiles(machine);
  const files = kubeconfigFiles(machine, path);
  const merged: Kubeconfig = { clusters: [], contexts: [], users: [], currentContext: undefined, files: [] };
  for (const file of files) {
    const loaded = await loadFile(machine, file);
    if (!loaded.ok) return loaded;
    if (loaded.value) mergeInto(merged, loaded.value);
  }
  if (merged.files.length > 0) return { ok: true, value: merged };
  if (!path && listed.length === 0) {
    const own = await inCluster(machine);
    if (own) return { ok: true, value: own };
  }
  return refuse('kubeconfig', missing(files));
}

function missing(files: string[]): Clean {
  const names = sanitise(files.join(', '), 300);
  return cleanText`no kubeconfig: ${names} does not exist; give --kubeconfig FILE or set KUBECONFIG`;
}

async function loadFile(machine: Machine, file: string): Promise<Loaded<Kubeconfig | undefined>> {
  const shown = sanitise(file, 256);
  try {
    const text = await machine.read(file);
    if (text === undefined) return { ok: true, value: undefined };
    const known = machine.parsed?.get(file);
    // Each connection gets a copy, as a sign-in may change it when it renews a token.
    if (known?.text === text) return { ok: true, value: structuredClone(known.config) };
    const { typed, asText: raw } = readGoYaml(text);
    if (!isMap(raw) || (raw.kind ?? 'Config') !== 'Config') {
      return refuse('kubeconfig', cleanText`${shown} is not a kubeconfig: expected a document of kind Config`);
    }
    if ((raw.apiVersion || 'v1') !== 'v1') {
      const found = sanitise(String(raw.apiVersion), 128);
      return refuse('kubeconfig', cleanText`${shown} is not a kubeconfig: expected apiVersion v1, found ${found}`);
    }
    const twice = duplicateName(raw);
    if (twice !== undefined) return refuse('kubeconfig', cleanText`${shown} ${twice}; keep one of the two`);
    const config = fromRaw(raw, file, execExtensions(typed));
    machine.parsed?.set(file, { text, config: structuredClone(config) });
    return { ok: true, value: config };
  } catch (error) {
    return refuse('kubeconfig', cleanText`cannot read kubeconfig ${shown}: ${sanitise(firstLine(error), 200)}`);
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What is wrong with a kubeconfig with two entries of the same name, of which kubectl uses neither; undefined without
 * such.
 */
function duplicateName(raw: Record<string, unknown>): Clean | undefined {
  for (const part of ['clusters', 'users', 'contexts']) {
    const names = list(raw[part]).map(({ name }) => name);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) return cleanText`names ${sanitise(String(twice), 128)} twice in ${sanitise(part)}`;
  }
  return undefined;
}

const firstLine = (error: unknown) => messageOf(error).split('\n')[0];

function fromRaw(raw: Record<string, unknown>, file: string, extensions: ReadonlyMap<string, unknown>): Kubeconfig {
  const folder = dirname(file);
  const extras = new Map(list(raw.users).map(entry => [entry.name, isMap(entry.user) ? entry.user : {}]));
  const more = new Map(list(raw.clusters).map(entry => [entry.name, isMap(entry.cluster) ? entry.cluster : {}]));
  const clusters = newClusters(raw.clusters, LENIENT).map(cluster => absolute(cluster, ['caFile'], folder));
  const users = newUsers(raw.users, LENIENT).map(user => absolute(user, ['certFile', 'keyFile'], folder));
  const current = raw['current-context'];
  return {
    clusters: clusters.map(cluster => ({
      ...cluster,
      ...(extensions.has(cluster.name) && { execExtension: extensions.get(cluster.name) }),
      ...(more.get(cluster.name)?.['disable-compression'] === true && { disableCompression: true }),
    })),
    contexts: newContexts(raw.contexts, LENIENT),
    users: users.map(user => withExtras(user, extras.get(user.name) ?? {}, folder)),
    currentContext: (current as string | undefined) || undefined,
    files: [file],
  };
}

/** A broken entry must not prevent the use of the others. */
const LENIENT = { onInvalidEntry: 'filter' } as const;

/** Paths are relative to the folder of their file. */
function absolute<Entry, Name extends keyof Entry & string>(
  entry: Entry,
  names: readonly Name[],
  folder: string,
): Entry {
  const paths = names.flatMap(name => {
    const path = entry[name];
    return typeof path === 'string' && path !== '' && !isAbsolute(path) ? [[name, join(folder, path)] as const] : [];
  });
  return { ...entry, ...Object.fromEntries(paths) };
}

const list = (value: unknown) => (Array.isArray(value) ? value.filter(isMap) : []);

const EXEC_EXTENSION = 'client.authentication.k8s.io/exec';

/** The data for credential plugins by the name of the cluster. */
function execExtensions(typed: unknown): Map<string, unknown> {
  const found = list(isMap(typed) ? typed.clusters : []).flatMap(({ name, cluster }) => {
    const own = list(isMap(cluster) ? cluster.extensions : []).find(entry => entry.name === EXEC_EXTENSION);
    return own === undefined || own.extension === undefined ? [] : [[String(name), own.extension] as const];
  });
  return new Map(found);
}

function withExtras(user: User, raw: Record<string, unknown>, folder: string): KubeUser {
  const groups = raw['as-groups'];
  const extra = raw['as-user-extra'];
  const tokenFile = raw.tokenFile;
  const { exec: own, ...rest } = user;
  const provider = raw['auth-provider'];
  // An older form has it inside `auth-provider`.
  const inProvider = isMap(provider) && isMap(provider.config) ? provider.config.exec : undefined;
  const exec = own ?? inProvider;
  if (isMap(inProvider)) delete rest.authProvider;
  return {
    ...rest,
    folder,
    ...(isMap(exec) && { execConfig: exec as unknown as ExecConfig }),
    ...(Array.isArray(groups) && { impersonateGroups: groups.map(String) }),
    ...(typeof raw['as-uid'] === 'string' && { impersonateUid: raw['as-uid'] }),
    ...(isMap(extra) && { impersonateExtra: extra as Record<string, string[]> }),
    ...(typeof tokenFile === 'string' && fromTokenFile(isAbsolute(tokenFile) ? tokenFile : join(folder, tokenFile))),
  };
}

/** A token file wins over a token beside it, and is read again from time to time. */
const fromTokenFile = (tokenFile: string) => ({
  token: '',
  authProvider: { name: 'tokenFile', config: { tokenFile } },
});

function mergeInto(merged: Kubeconfig, more: Kubeconfig): void {
  const add = <T extends { name: string }>(into: T[], from: T[]) => {
    const known = new Set(into.map(entry => entry.name));
    into.push(...from.filter(entry => !known.has(entry.name)));
  };
  add(merged.clusters, more.clusters);
  add(merged.contexts, more.contexts);
  add(merged.users, more.users);
  merged.currentContext ??= more.currentContext;
  merged.files.push(...more.files);
}

async function inCluster(machine: Machine): Promise<Kubeconfig | undefined> {
  const host = machine.env.KUBERNETES_SERVICE_HOST;
  const port = machine.env.KUBERNETES_SERVICE_PORT ?? '443';
  if (!host || (await machine.read(`${SERVICE_ACCOUNT}/token`)) === undefined) return undefined;
  const cluster: Cluster = {
    name: 'in-cluster',
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    caFile: `${SERVICE_ACCOUNT}/ca.crt`,
    skipTLSVerify: false,
  };
  const namespace = (await machine.read(`${SERVICE_ACCOUNT}/namespace`))?.trim();
  return {
    clusters: [cluster],
    users: [{ name: 'service-account', ...fromTokenFile(`${SERVICE_ACCOUNT}/token`) }],
    contexts: [{ name: 'in-cluster', cluster: 'in-cluster', user: 'service-account', ...(namespace && { namespace }) }],
    currentContext: 'in-cluster',
    files: [],
  };
}

/** The requested context, or the current one, with its cluster and user. */
export function resolveTarget(config: Kubeconfig, wanted: string | undefined): Loaded<Target> {
  const name = wanted || config.currentContext;
  const known = sanitise(config.contexts.map(context => context.name).join(', ') || 'none', 400);
  if (!name) return refuse('context', cleanText`no context is current; choose one with --context (known: ${known})`);
  const shown = sanitise(name, 128);
  const context = config.contexts.find(each => each.name === name);
  if (!context) return refuse('context', cleanText`there is no context ${shown}; known: ${known}`);
  const cluster = config.clusters.find(each => each.name === context.cluster);
  if (!cluster) {
    return refuse(
      'context',
      cleanText`context ${shown} names cluster ${sanitise(context.cluster, 128)}, which the kubeconfig does not define (or defines without a server)`,
    );
  }
  const user = config.users.find(each => each.name === context.user);
  if (!user && context.user) {
    return refuse(
      'context',
      cleanText`context ${shown} names user ${sanitise(context.user, 128)}, which the kubeconfig does not define`,
    );
  }
  return {
    ok: true,
    value: { context: name, cluster, user: user ?? { name: 'anonymous' }, namespace: context.namespace || 'default' },
  };
}
