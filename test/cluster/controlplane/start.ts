/** Starts a real control plane on this machine: etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Api, openApi } from './api.ts';
import { ensureBuilt } from './build.ts';
import { clientCertificate, createAuthority, serviceAccountKeys, servingCertificate } from './certificates.ts';
import { type Child, createChildren, type StartOptions } from './children.ts';
import * as components from './components.ts';
import { type Egress, startEgress } from './egress.ts';
import { compact } from './etcd.ts';
import { claimFolder, type Folder } from './folders.ts';
import { binaryPath, controlPlaneModules } from './modules.ts';
import { createFakeNodes } from './nodes.ts';
import { freePorts } from './ports.ts';
import { apiServerReady, clusterReady, until } from './readiness.ts';
import { userKubeconfig } from './users.ts';

export interface Options {
  /** The folder for data, certificates and logs; without it, a new one that `stop` removes. */
  readonly folder?: string;
  /** How many simulated nodes; 3 when not said. */
  readonly nodes?: number;
  /** More flags for the API server; they come last and so win. */
  readonly apiServer?: readonly string[];
  /** More flags for the controller manager. */
  readonly controllerManager?: readonly string[];
  /** The data folder of an earlier cluster's etcd, as `stop({keepData})` left it: this cluster goes on from a copy of it. */
  readonly data?: string;
}

/**
 * A running cluster. Its egress proxy, and a process kubelet, live in this process: while it is blocked (by
 * `execFileSync`, say) no webhook can be called and no log read.
 */
export interface Cluster {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** The port on which etcd answers, on this machine. */
  readonly etcdPort: number;
  /** Folder of the logs, one file per process; kept when `stop({keepLogs: true})`. */
  readonly logs: string;
  /** The cluster's own folder; what is put there goes when it stops. */
  readonly folder: string;
  /** Starts a process that ends with the cluster; its log is `<logs>/<name>.log`. */
  spawn(name: string, binary: string, args: readonly string[], options?: StartOptions): Child;
  /** The administrator's connection, for arranging and looking; not mayday's own client. */
  readonly api: Api;
  readonly egress: Egress;
  /** Path of a kubeconfig for a user in groups, by client certificate. Rights are whatever RBAC gives them. */
  asUser(name: string, groups?: readonly string[], namespace?: string): string;
  /** Stops the API server (at once with `{kill: true}`) and starts it again on the same port; resolves when it is ready. */
  restartApiServer(how?: { readonly kill?: boolean; readonly downMs?: number }): Promise<void>;
  /** Starts the simulated kubelets anew: a node without kwok's annotation has a dead one from then on. */
  restartKubelets(): Promise<void>;
  /** Throws away etcd's history up to now. Resolves with the revision. */
  compactEtcd(): Promise<number>;
  /** With `keepData`, a path that does not exist yet, etcd's data is left there for another cluster to go on from. */
  stop(how?: { readonly keepLogs?: boolean; readonly keepData?: string }): Promise<void>;
}

/** Builds what is missing, starts everything, resolves when pods can run. Rejects with the reason, logs kept. */
export async function start(options: Options = {}): Promise<Cluster> {
  await ensureBuilt(controlPlaneModules);
  const folder = claimFolder(options.folder);
  const children = createChildren(folder.logs);
  let egress: Egress | undefined;
  try {
    egress = await startEgress(join(folder.path, 'egress.sock'));
    return await startIn(folder, children, egress, options);
  } catch (error) {
    await children.stopAll(1000);
    await egress?.close();
    folder.release({ keep: true });
    throw new Error(`the control plane did not start; its logs are in ${folder.logs}`, { cause: error });
  }
}

async function startIn(
  folder: Folder,
  children: ReturnType<typeof createChildren>,
  egress: Egress,
  options: Options,
): Promise<Cluster> {
  const { layout, server, kubeconfig, api, user } = await layOut(folder);
  const spawn: Cluster['spawn'] = (name, binary, args, options) => {
    const child = children.start(name, binary, args, options);
    folder.remember(child.pid);
    return child;
  };
  const run = (name: string, args: readonly string[]): Child => spawn(name, binaryPath(name), args, { graceMs: 2000 });
  const startApiServer = async (): Promise<Child> => {
    const child = run('kube-apiserver', components.apiServerArguments(layout, options.apiServer ?? []));
    await until('kube-apiserver', () => apiServerReady(api), [etcd, child]);
    return child;
  };

  egress.route((address, port) => (address === components.advertisedAddress ? port : undefined));
  if (options.data !== undefined) cpSync(options.data, join(folder.path, 'etcd'), { recursive: true });
  const etcd = run('etcd', components.etcdArguments(layout));
  let apiServer = await startApiServer();
  // The kubelets of an earlier cluster hold their nodes' Leases; new ones would wait until those have run out.
  const nodeLeases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  if (options.data !== undefined) await api.must('DELETE', nodeLeases);
  let kubelets = run('kwok', components.kwokArguments(layout));
  const others = [
    run('kube-controller-manager', [
      ...components.controllerManagerArguments(layout),
      ...(options.controllerManager ?? []),
    ]),
    run('kube-scheduler', components.schedulerArguments(layout)),
  ];
  const nodes = options.nodes ?? 3;
  await createFakeNodes(api, nodes);
  await until('the cluster', () => clusterReady(api, nodes), [etcd, apiServer, kubelets, ...others]);

  return {
    kubeconfig,
    server,
    etcdPort: layout.ports.etcd,
    logs: folder.logs,
    folder: folder.path,
    spawn,
    api,
    egress,
    asUser: user,
    async restartApiServer({ kill = false, downMs = 0 } = {}) {
      // Open watches hold a graceful stop up; a person's restart of a static pod does not wait for them either.
      await (kill ? apiServer.kill() : apiServer.stop(2000));
      await new Promise(resolve => setTimeout(resolve, downMs));
      apiServer = await startApiServer();
    },
    async restartKubelets() {
      await kubelets.stop(2000);
      await api.must('DELETE', nodeLeases);
      kubelets = run('kwok', components.kwokArguments(layout));
    },
    compactEtcd: () => compact(layout.ports.etcd),
    async stop({ keepLogs = false, keepData } = {}) {
      api.close();
      await children.stopAll();
      await egress.close();
      if (keepData !== undefined) cpSync(join(folder.path, 'etcd'), keepData, { recursive: true });
      folder.release({ keep: keepLogs });
    },
  };
}

/** Ports, keys, certificates, kubeconfigs and configuration files: all that must be there before the first process. */
async function layOut(folder: Folder) {
  const [etcd = 0, etcdPeer = 0, apiPort = 0, kwok = 0] = await freePorts(4);
  const certificates = join(folder.path, 'certificates');
  mkdirSync(certificates, { recursive: true });

  const server = `https://127.0.0.1:${apiPort}`;
  const authority = createAuthority(certificates);
  const user = (name: string, groups: readonly string[] = [], namespace?: string): string =>
    userKubeconfig(folder.path, server, { name, groups, namespace });
  const admin = clientCertificate(authority, 'arranger', 'admin', ['system:masters']);
  const kubeconfig = user('admin', ['system:masters']);
  const egressConfig = join(folder.path, 'egress.yaml');
  writeFileSync(egressConfig, egressSelection(join(folder.path, 'egress.sock')));

  const layout: components.Layout = {
    data: folder.path,
    ports: { etcd, etcdPeer, api: apiPort, kwok },
    authority,
    serving: servingCertificate(authority, 'serving', [
      'IP:127.0.0.1',
      'IP:10.96.0.1',
      'DNS:localhost',
      'DNS:kubernetes.default.svc',
      'DNS:kubernetes.default.svc.cluster.local',
    ]),
    serviceAccount: serviceAccountKeys(certificates),
    egressConfig,
    kubeconfigs: {
      controllerManager: user('system:kube-controller-manager'),
      scheduler: user('system:kube-scheduler'),
      kwok: user('kwok', ['system:masters']),
    },
    stages: fileURLToPath(new URL('./stages.yaml', import.meta.url)),
  };
  return { layout, server, kubeconfig, user, api: openApi(server, authority.certificate, admin) };
}

const egressSelection = (socket: string): string => `apiVersion: apiserver.k8s.io/v1beta1
kind: EgressSelectorConfiguration
egressSelections:
- name: cluster
  connection:
    proxyProtocol: HTTPConnect
    transport: {uds: {udsName: ${socket}}}
`;
