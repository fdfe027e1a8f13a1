import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { buildConnector, Pool } from 'undici';
import { parse } from 'yaml';

interface Kubeconfig {
  clusters: { name: string; cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { name: string; user: { token?: string; 'client-certificate-data'?: string; 'client-key-data'?: string } }[];
}
interface Group {
  metadata?: { name?: string };
  versions: { version: string; resources: { resource: string; verbs: string[] }[] }[];
}

const CONNECTIONS = 2;
const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

// What a scan of clusters cannot do without: each resource is listed once, and every answer parsed. Prints how many milliseconds that took,
// without the start of the process. Users and contexts have the names of their clusters.
const [path = '', ...names] = process.argv.slice(2);
const { clusters, users } = parse(readFileSync(path, 'utf8')) as Kubeconfig;
const began = performance.now();
await Promise.all(names.map(readAll));
process.stdout.write(String(performance.now() - began));
process.exit(0);

async function readAll(name: string): Promise<void> {
  const cluster = clusters.find(one => one.name === name)?.cluster;
  if (cluster === undefined) throw new Error(`the kubeconfig has a cluster ${name}`);
  const user = users.find(one => one.name === name)?.user ?? {};
  const plain = (text: string) => Buffer.from(text, 'base64');
  const { token, 'client-certificate-data': cert, 'client-key-data': key } = user;
  const tls = {
    ca: plain(cluster['certificate-authority-data']),
    ...(cert && { cert: plain(cert) }),
    ...(key && { key: plain(key) }),
  };
  const connect = buildConnector({ ...tls, secureContext: createSecureContext(tls), allowH2: false });
  const pool = new Pool(cluster.server, { connect, connections: CONNECTIONS, allowH2: false });
  const ask = (of: string, accept: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const headers = { accept, ...(token && { authorization: `Bearer ${token}` }) };
      pool.dispatch(
        { path: of, method: 'GET', headers },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: (_controller, chunk) => void chunks.push(chunk),
          onResponseEnd: () => resolve(JSON.parse(Buffer.concat(chunks).toString())),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
  const roots = await Promise.all(['/api', '/apis'].map(root => ask(root, DISCOVERY)));
  const lists = (roots as { items: Group[] }[]).flatMap(({ items }) => items.flatMap(listsOf));
  await Promise.all(lists.map(list => ask(list, METADATA)));
  await pool.destroy();
}

/** The paths of the lists of a group, each resource in the version that comes first. */
function listsOf({ metadata, versions }: Group): string[] {
  const paths = new Map<string, string>();
  for (const { version, resources } of versions)
    for (const { resource, verbs } of resources) {
      if (!verbs.includes('list') || paths.has(resource)) continue;
      const root = metadata?.name ? `/apis/${metadata.name}` : '/api';
      paths.set(resource, `${root}/${version}/${resource}?limit=500`);
    }
  return [...paths.values()];
}
