import { readFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { parse } from 'yaml';

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: { 'client-certificate-data'?: string; 'client-key-data'?: string; token?: string } }[];
}

const PAGE = { first: 200, later: 1_000 };

/** Milliseconds to read all pods page by page as the console does, from the connection to the last byte, and to do nothing with them. */
export async function listFloor(kubeconfig: string): Promise<number> {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const cluster = clusters[0]?.cluster;
  const user = users[0]?.user ?? {};
  if (cluster === undefined) throw new Error('the kubeconfig has a cluster');
  const plain = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text, 'base64'));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const options: RequestOptions = {
    agent,
    ca: plain(cluster['certificate-authority-data']),
    cert: plain(user['client-certificate-data']),
    key: plain(user['client-key-data']),
    headers: {
      accept: 'application/json',
      'user-agent': 'mayday-bench',
      ...(user.token && { authorization: `Bearer ${user.token}` }),
    },
  };
  const began = performance.now();
  let token: string | undefined;
  do {
    const limit = token === undefined ? PAGE.first : PAGE.later;
    const query = `limit=${limit}${token === undefined ? '' : `&continue=${encodeURIComponent(token)}`}`;
    const head = await headOf(`${cluster.server}/api/v1/pods?${query}`, options);
    token = /"continue":"([^"]+)"/.exec(head)?.[1];
  } while (token !== undefined);
  agent.destroy();
  return performance.now() - began;
}

/** The beginning of an answer, all of which is read. */
function headOf(url: string, options: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, response => {
      let head = '';
      response.on('data', (chunk: Buffer) => {
        if (head.length < 2_000) head += chunk.toString('latin1');
      });
      response.on('end', () => resolve(head));
    });
    sent.on('error', reject);
    sent.end();
  });
}
