/** The kubelet's log endpoint, so that `kubectl logs` works for pods that are processes. */
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { servingCertificate } from '../controlplane/certificates.ts';
import { authorityIn } from '../controlplane/users.ts';
import { logName } from './launch.ts';

export interface LogServer {
  readonly port: number;
  close(): void;
}

/** Serves the logs below `logs` on a free loopback port, as the kubelet named `node` of the cluster in `folder`. */
export async function serveLogs(folder: string, logs: string, node: string): Promise<LogServer> {
  const { certificate, key } = servingCertificate(authorityIn(folder), `kubelet-${node}`, [`DNS:${node}`]);
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://kubelet');
    const [, verb, namespace = '', pod = '', container = ''] = url.pathname.split('/').map(decodeURIComponent);
    const file = verb === 'containerLogs' ? newest(logs, namespace, pod, container, asked(url, 'previous')) : undefined;
    if (file === undefined) {
      response.writeHead(404).end(`no logs of container ${container} of pod ${pod}\n`);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/plain' });
    const from = tailStart(file, url.searchParams.get('tailLines'));
    if (asked(url, 'follow')) follow(file, from, response);
    else createReadStream(file, { start: from }).pipe(response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const asked = (url: URL, option: string): boolean => url.searchParams.get(option) === 'true';

/** The log of the container's latest start, or of the one before; undefined when there is none. */
function newest(logs: string, ns: string, pod: string, container: string, previous: boolean): string | undefined {
  const folder = join(logs, 'pods');
  if (!existsSync(folder)) return undefined;
  const prefix = `${logName(ns, pod, container, 0).slice('pods/'.length, -1)}`;
  const starts = readdirSync(folder)
    .filter(name => name.startsWith(prefix))
    .map(name => Number(name.slice(prefix.length, -'.log'.length)));
  const start = Math.max(...starts) - (previous ? 1 : 0);
  return starts.includes(start) ? join(folder, `${prefix}${start}.log`) : undefined;
}

function tailStart(file: string, tailLines: string | null): number {
  if (tailLines === null) return 0;
  const text = readFileSync(file);
  let at = text.length;
  for (let lines = Number(tailLines); lines >= 0 && at > 0; lines--) at = text.lastIndexOf(10, at - 1);
  return Number(tailLines) === 0 ? text.length : Math.max(at + 1, 0);
}

function follow(file: string, from: number, response: ServerResponse): void {
  let at = from;
  const timer = setInterval(() => {
    const { size } = statSync(file);
    if (size <= at) return;
    const part = createReadStream(file, { start: at, end: size - 1 });
    at = size;
    part.on('data', chunk => response.write(chunk));
  }, 200);
  response.once('close', () => clearInterval(timer));
}
