import { type SandboxServer, startSandboxServer } from '../../../src/sandbox/server.ts';
import { createTestClient, type TestClient } from '../client.ts';
import { BETWEEN, MEANWHILE } from './between.ts';
import { differences } from './differences.ts';
import type { Exchange } from './exchanges.ts';
import { createNames, type Names } from './names.ts';

/** How one exchange went here, against the recording. */
interface Replayed {
  name: string;
  differences: string[];
}

export interface Session {
  /** Plays one exchange; lines that match `known` are left out of the differences. */
  replay(exchange: Exchange, known?: RegExp): Promise<Replayed>;
  stop(): Promise<void>;
}

const SPEED = 20;
const RETRY_FOR_MS = 1500;
const PAUSE_MS = 40;

/** The answer's body: the events of a watch, JSON, or text. */
function bodyOf(path: string, text: string): unknown {
  if (/[?&]watch=1/.test(path))
    return text.trim() === ''
      ? []
      : text
          .trim()
          .split('\n')
          .map(line => JSON.parse(line));
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function ask(client: TestClient, names: Names, { name, request, response }: Exchange) {
  // Where writes go on meanwhile, the watch lasts until it has told of them, however long they take.
  const lines = MEANWHILE[name] && Array.isArray(response.body) ? response.body.length : undefined;
  const seconds = lines === undefined ? 1 : 60;
  const path = names.translate(request.path).replace('timeoutSeconds=2', `timeoutSeconds=${seconds}`);
  const raw =
    typeof request.body === 'string' || request.body === undefined ? request.body : JSON.stringify(request.body);
  const sent = client.send({
    method: request.method,
    path,
    ...(raw === undefined ? {} : { body: names.translate(raw) }),
    ...(request.ctype ? { contentType: request.ctype } : {}),
    ...(request.accept ? { accept: request.accept } : {}),
    ...(request.user ? { user: request.user } : {}),
    ...(lines === undefined ? {} : { lines }),
  });
  if (MEANWHILE[name]) await MEANWHILE[name](client);
  const { status, headers, text } = await sent;
  return { status, headers, body: bodyOf(path, text) };
}

/** Starts a sandbox to play recorded exchanges on, one after the other. */
export async function startSession(): Promise<Session> {
  const faults: unknown[] = [];
  const sandbox: SandboxServer = await startSandboxServer({
    seed: 7,
    speed: SPEED,
    onFault: fault => faults.push(fault),
  });
  const client = createTestClient(sandbox);
  const names = createNames(sandbox.context);

  const once = async (exchange: Exchange): Promise<string[]> => {
    const { response } = exchange;
    const live = await ask(client, names, exchange);
    // Text was recorded up to a length only.
    if (typeof response.body === 'string' && typeof live.body === 'string')
      live.body = live.body.slice(0, response.body.length);
    names.learn(response.body, live.body);
    const headers = Object.entries(response.headers).flatMap(([name, value]) =>
      String(live.headers[name.toLowerCase()]) === value
        ? []
        : [`header ${name}: recorded ${value}, here ${live.headers[name.toLowerCase()]}`],
    );
    const status = live.status === response.status ? [] : [`status: recorded ${response.status}, here ${live.status}`];
    return [
      ...status,
      ...headers,
      ...differences(names.neutral(response.body, 'recorded'), names.neutral(live.body, 'live')),
    ];
  };

  return {
    async replay(exchange, known) {
      await BETWEEN[exchange.name]?.(client);
      // The recording waited for controllers before it looked; reads are asked again until they agree or time is up.
      const settles = exchange.request.method === 'GET' && !exchange.request.path.includes('watch=');
      const deadline = Date.now() + (settles ? RETRY_FOR_MS : 0);
      const attempt = async () => (await once(exchange)).filter(line => !known?.test(line));
      let found = await attempt();
      while (found.length > 0 && Date.now() < deadline) {
        await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
        found = await attempt();
      }
      return { name: exchange.name, differences: [...found, ...faults.splice(0).map(String)] };
    },
    async stop() {
      client.close();
      await sandbox.stop();
    },
  };
}
