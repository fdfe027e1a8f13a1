import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { parse } from 'yaml';

/** A server to send the corpus to, with the administrator's credentials. */
export interface Target {
  readonly url: string;
  /** With the administrator's credentials, where those are a certificate. */
  readonly agent: Agent;
  /** Without credentials. */
  readonly bare: Agent;
  /** The administrator's bearer token, where that is what it has. */
  readonly token?: string;
  /** How long controllers may take, in milliseconds. */
  readonly patience: number;
  close(): void;
}

interface Kubeconfig {
  clusters: { cluster: Record<string, string> }[];
  users: { user: Record<string, string> }[];
}

/** PEM from a kubeconfig entry, given in it or beside it. */
function pem(entry: Record<string, string>, name: string): Buffer | undefined {
  const data = entry[`${name}-data`];
  const path = entry[name];
  if (data) return Buffer.from(data, 'base64');
  return path ? readFileSync(path) : undefined;
}

/** The server of a kubeconfig (its text) that has one cluster and one user. */
export function targetOf(kubeconfig: string, patience: number): Target {
  const { clusters, users } = parse(kubeconfig) as Kubeconfig;
  const cluster = clusters[0]?.cluster ?? {};
  const user = users[0]?.user ?? {};
  const url = cluster.server;
  if (!url) throw new Error('expected a kubeconfig with a cluster, found none');
  const ca = pem(cluster, 'certificate-authority');
  const cert = pem(user, 'client-certificate');
  const key = pem(user, 'client-key');
  const bare = new Agent({ ...(ca ? { ca } : {}), keepAlive: true });
  const agent = new Agent({
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    keepAlive: true,
  });
  return {
    url,
    agent,
    bare,
    patience,
    ...(user.token ? { token: user.token } : {}),
    close() {
      agent.destroy();
      bare.destroy();
    },
  };
}
