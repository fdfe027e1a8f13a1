/**
 * What the API server reaches inside the cluster: webhook servers, chosen by the name it asks for in TLS, and kubelets
 * that serve logs. All in this process, behind the egress proxy.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, type TLSSocket } from 'node:tls';
import { type ServerCertificate, selfSigned } from '../../../src/k8s/certificate.ts';
import type { Cluster } from '../../cluster/controlplane/start.ts';

const WEBHOOK_PORTS = new Set([6443, 8443, 9443, 10260]);
const KUBELET_PORT = 10250;
const DAY = 86_400_000;

export interface Servers {
  /**
   * Makes the serving certificate of `service.namespace`, `days` from now until it ends. All of one service are of one
   * key, so that the caBundle goes on to fit; not with `stranger`.
   */
  certificate(service: string, how: { days: number; serve?: boolean; stranger?: boolean }): ServerCertificate;
  /** The caBundle of a service's first certificate here. */
  authority(service: string): string;
  /** What its webhook answers: `allow`, or a refusal's words. */
  answer(service: string, words: string): void;
  /** The address of a pod that is silent from now on. */
  cutOff(address: string): void;
  /** What pods whose names begin so have logged. */
  log(namespace: string, pod: string, lines: readonly string[]): void;
  close(): void;
}

/** Serves for a cluster; certificates are kept in (and taken from) `folder`. */
export async function startServers(cluster: Cluster, folder: string): Promise<Servers> {
  mkdirSync(folder, { recursive: true });
  const served = new Map<string, ServerCertificate>();
  const answers = new Map<string, string>();
  const silent = new Set<string>();
  const logs = new Map<string, string>();
  const fallback = issue('nobody', 365, {});

  const authorityOf = (service: string): ServerCertificate => {
    const path = join(folder, `${service}.json`);
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as ServerCertificate;
    // Under another name than the certificates it signs, or clients take them for the same and trust neither.
    const made = issue(service, 3650, { names: ['authority'] });
    writeFileSync(path, JSON.stringify(made));
    return made;
  };
  /** The certificate that a server has from the beginning: only services that were given one have a server. */
  const ownOf = (service: string): ServerCertificate | undefined => {
    if (!existsSync(join(folder, `${service}.json`))) return undefined;
    const made = issue(service, 300, { key: authorityOf(service).key });
    served.set(service, made);
    return made;
  };
  const webhook = createServer(
    {
      cert: fallback.certificate,
      key: fallback.key,
      SNICallback: (name, done) => {
        const service = name.replace(/\.svc(\..*)?$/, '');
        const own = served.get(service) ?? ownOf(service);
        if (own) done(null, createSecureContext({ cert: own.certificate, key: own.key }));
        else done(new Error(`no server ${name}`));
      },
    },
    (request, response) => void review(request, response, answers),
  );
  const kubelet = createServer({ cert: fallback.certificate, key: fallback.key }, (request, response) => {
    const [, kind, namespace = '', pod = ''] = (request.url ?? '').split(/[/?]/);
    const found = [...logs].filter(([key]) => `${namespace}/${pod}`.startsWith(key)).sort(byLength)[0];
    response.writeHead(kind === 'containerLogs' ? 200 : 404, { 'content-type': 'text/plain' });
    response.end(kind === 'containerLogs' ? (found?.[1] ?? '') : '');
  });
  for (const server of [webhook, kubelet]) {
    server.on('tlsClientError', () => {});
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  }
  const portOf = (server: typeof webhook): number => (server.address() as AddressInfo).port;
  const stopRouting = cluster.egress.route((address, port) => {
    if (silent.has(address)) return 'dropped';
    if (port === KUBELET_PORT) return portOf(kubelet);
    return WEBHOOK_PORTS.has(port) ? portOf(webhook) : undefined;
  });

  return {
    certificate(service, { days, serve = true, stranger = false }) {
      const { key } = authorityOf(service);
      const made = issue(service, days, stranger ? {} : { key });
      if (serve) served.set(service, made);
      return made;
    },
    authority: service => Buffer.from(authorityOf(service).certificate).toString('base64'),
    answer: (service, words) => void answers.set(service, words),
    cutOff: address => void silent.add(address),
    log: (namespace, pod, lines) => void logs.set(`${namespace}/${pod}`, `${lines.join('\n')}\n`),
    close() {
      stopRouting();
      for (const server of [webhook, kubelet]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

const byLength = ([a]: [string, string], [b]: [string, string]): number => b.length - a.length;

/** A certificate of a key (a new one when not given); its issuer has the service's name, so that one key makes a chain. */
function issue(service: string, days: number, { key, names }: { key?: string; names?: string[] }): ServerCertificate {
  const until = Date.now() + days * DAY;
  const pair = key
    ? { privateKey: createPrivateKey(key), publicKey: createPublicKey(key) }
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return selfSigned(pair, {
    commonName: service,
    dnsNames: names ?? [service, `${service}.svc`, `${service}.svc.cluster.local`],
    from: Math.min(until, Date.now()) - 400 * DAY,
    until,
  });
}

async function review(request: IncomingMessage, response: ServerResponse, answers: Map<string, string>) {
  let text = '';
  for await (const part of request) text += String(part);
  response.setHeader('content-type', 'application/json');
  if (request.method !== 'POST') return void response.writeHead(404).end('{}');
  const { kind, apiVersion, request: asked } = JSON.parse(text);
  const service = String((request.socket as TLSSocket).servername || '').replace(/\.svc(\..*)?$/, '');
  const words = answers.get(service) ?? 'allow';
  const answer =
    kind === 'ConversionReview'
      ? { convertedObjects: convert(asked), result: { status: 'Success' } }
      : words === 'allow'
        ? { allowed: true }
        : { allowed: false, status: { code: 403, message: words } };
  response.end(JSON.stringify({ apiVersion, kind, response: { uid: asked.uid, ...answer } }));
}

const convert = (asked: { objects: object[]; desiredAPIVersion: string }): object[] =>
  asked.objects.map(object => ({ ...object, apiVersion: asked.desiredAPIVersion }));
