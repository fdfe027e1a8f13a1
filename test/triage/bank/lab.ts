/** One control plane for one incident, with what has no process here: kubelets' words, Argo CD's status, leaders. */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Cluster, start } from '../../cluster/controlplane/start.ts';
import { type Ended, runProgram } from '../../e2e/providers/kubectl.ts';
import { age } from './age.ts';
import { CERTIFICATES, FIRST, LAST, LEADERS, READY, WORKLOADS } from './base.ts';
import { type Servers, startServers } from './servers.ts';
import type { Thing } from './thing.ts';

const cache = fileURLToPath(new URL('../../../.cache/triage-bank/', import.meta.url));
const BASE_AGE_MINUTES = 26 * 60;
const BEAT_MS = 4000;

export interface Lab {
  readonly cluster: Cluster;
  readonly servers: Servers;
  /** Leases that somebody renews, as `namespace/name`. */
  readonly renewed: Set<string>;
  /** kubectl as the administrator; resolves however it ends. */
  try(words: readonly string[], input?: string): Promise<Ended>;
  /** …and rejects when it fails. */
  kubectl(words: readonly string[], input?: string): Promise<string>;
  /** Applies objects; `${ca:…}` in them is filled in. */
  apply(objects: readonly Thing[]): Promise<void>;
  /** Asks until the answer, or the complaint, matches. */
  until(words: readonly string[], says: RegExp, seconds?: number): Promise<void>;
  age(minutes: number): Promise<void>;
  close(keepBase?: string): Promise<void>;
}

const base = join(cache, 'base');

/** A lab on a copy of the healthy base, which is built when it is not there. */
export async function openLab(print: (line: string) => void): Promise<Lab> {
  if (!existsSync(join(base, 'etcd'))) await buildBase(print);
  return open(base);
}

/** Forgets the base, so that the next lab builds it anew. */
export const forgetBase = (): void => rmSync(base, { recursive: true, force: true });

async function open(from?: string): Promise<Lab> {
  const cluster = await start({
    // Objects as JSON in etcd, so that they can be made older there.
    apiServer: [
      '--storage-media-type=application/json',
      '--default-not-ready-toleration-seconds=10',
      '--default-unreachable-toleration-seconds=10',
    ],
    controllerManager: [
      '--node-monitor-grace-period=24s',
      '--horizontal-pod-autoscaler-sync-period=4s',
      '--node-eviction-rate=2',
    ],
    ...(from !== undefined && { data: join(from, 'etcd') }),
  });
  const keys = join(cluster.folder, 'servers');
  if (from !== undefined) cpSync(join(from, 'servers'), keys, { recursive: true });
  const servers = await startServers(cluster, keys);
  const renewed = new Set(LEADERS.map(({ namespace, name }) => `${namespace}/${name}`));
  const beat = setInterval(() => void renew(cluster, renewed), BEAT_MS);
  await renew(cluster, renewed);

  const run: Lab['try'] = (words, input) =>
    runProgram('kubectl', ['--kubeconfig', cluster.kubeconfig, ...words], input);
  const kubectl: Lab['kubectl'] = async (words, input) => {
    const { code, stdout, stderr } = await run(words, input);
    if (code !== 0) throw new Error(`kubectl ${words.join(' ')}: ${stderr.trim().slice(0, 500)}`);
    return stdout;
  };
  return {
    cluster,
    servers,
    renewed,
    try: run,
    kubectl,
    async apply(objects) {
      const text = objects.map(object => JSON.stringify(object)).join('\n');
      const filled = text.replace(/\$\{ca:([^}]+)\}/g, (_, service: string) => servers.authority(service));
      await kubectl(['apply', '-f', '-'], filled);
    },
    async until(words, says, seconds = 45) {
      let last = '';
      for (const deadline = performance.now() + seconds * 1000; performance.now() < deadline; await sleep(400)) {
        const { stdout, stderr } = await run(words);
        last = stdout + stderr;
        if (says.test(last)) return;
      }
      throw new Error(`kubectl ${words.join(' ')} did not say ${says} in ${seconds} s but: ${last.slice(0, 300)}`);
    },
    age: minutes => age(cluster.etcdPort, minutes),
    async close(keep) {
      clearInterval(beat);
      servers.close();
      if (keep !== undefined) cpSync(keys, join(keep, 'servers'), { recursive: true });
      await cluster.stop(keep === undefined ? {} : { keepData: join(keep, 'etcd') });
    },
  };
}

const micro = (): string => new Date().toISOString().replace('Z', '000Z');

async function renew(cluster: Cluster, leases: ReadonlySet<string>): Promise<void> {
  for (const lease of leases) {
    const [namespace, name] = lease.split('/');
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
    const change = { spec: { renewTime: micro() } };
    // It may be gone, or the cluster with it.
    await cluster.api.call('PATCH', path, change, 'application/merge-patch+json').catch(() => undefined);
  }
}

async function buildBase(print: (line: string) => void): Promise<void> {
  print('building the healthy base, once');
  const lab = await open();
  const unfinished = `${base}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  try {
    await furnish(lab);
    await lab.age(BASE_AGE_MINUTES);
  } finally {
    await lab.close(unfinished);
  }
  rmSync(base, { recursive: true, force: true });
  renameSync(unfinished, base);
}

async function furnish(lab: Lab): Promise<void> {
  await lab.apply(FIRST);
  await lab.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  await lab.apply(WORKLOADS);
  for (const { service, secret, days } of CERTIFICATES) await putCertificate(lab, service, secret, { days });
  for (const kind of ['deployment', 'statefulset']) {
    const listed = await lab.kubectl([
      'get',
      kind,
      '-A',
      '-o',
      'jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{"\\n"}{end}',
    ]);
    for (const [namespace = '', name = ''] of listed
      .trim()
      .split('\n')
      .map(line => line.split(' ')))
      await lab.kubectl(['rollout', 'status', kind, name, '-n', namespace, '--timeout=60s']);
  }
  await lab.kubectl(['wait', '--for=condition=Complete', 'job', '--all', '-n', 'shop', '--timeout=60s']);
  await lab.apply(LAST);
  for (const [kind, namespace, name] of READY) {
    const at = new Date().toISOString().replace(/\.\d+/, '');
    const condition = { type: 'Ready', status: 'True', reason: 'Ready', message: 'up to date', lastTransitionTime: at };
    const patch = JSON.stringify({ status: { conditions: [condition] } });
    await lab.kubectl(['patch', kind, name, '-n', namespace, '--subresource=status', '--type=merge', '-p', patch]);
  }
  const address = '{"status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.10"}]}}}';
  await lab.kubectl(['patch', 'ingress', 'shop', '-n', 'shop', '--subresource=status', '--type=merge', '-p', address]);
  for (const { namespace, name, app } of LEADERS) await putLease(lab, namespace, name, { app });
  await lab.kubectl(['delete', 'events', '-A', '--all']);
}

/** A Secret with the serving certificate of a service of ours, as an issuer would keep it. */
export async function putCertificate(
  lab: Lab,
  service: string,
  secret: string,
  how: Parameters<Servers['certificate']>[1],
) {
  const [namespace = '', name = ''] = secret.split('/');
  const { certificate, key } = lab.servers.certificate(service, how);
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  const data = { 'tls.crt': encoded(certificate), 'tls.key': encoded(key), 'ca.crt': encoded(certificate) };
  await lab.apply([
    { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name, namespace }, data },
  ]);
}

/** A Lease that the first pod of an app holds. */
export async function putLease(
  lab: Lab,
  namespace: string,
  name: string,
  { app, holder, renewed = micro() }: { app: string; holder?: string; renewed?: string },
): Promise<void> {
  const pods = await lab.kubectl([
    'get',
    'pods',
    '-n',
    namespace,
    '-l',
    `app=${app}`,
    '-o',
    'jsonpath={.items[*].metadata.name}',
  ]);
  const spec = {
    holderIdentity: holder ?? `${pods.split(' ')[0]}_5f0c1c9e-1d5b-4b1c-9f59-0a8a0e1c7f11`,
    leaseDurationSeconds: 15,
    acquireTime: micro(),
    renewTime: renewed,
    leaseTransitions: 3,
  };
  await lab.apply([{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace }, spec }]);
}
