import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { type Clock, systemClock } from '../../src/host/clock.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { scaleClock } from '../../src/run/clocks.ts';
import { startSandboxServer } from '../../src/sandbox/server.ts';
import { start } from '../cluster/controlplane/start.ts';
import type { ClientCertificate } from './proxy.ts';

/** An API server to torture the product on. */
export interface Ground {
  name: string;
  url: string;
  /** What a client behind a proxy brings along. */
  token: string;
  /** By which the proxy speaks, where tokens are not enough. */
  client?: ClientCertificate;
  /** The sight of it that never meets trouble. */
  api: Api;
  /** For whoever is tortured: deadlines and pauses pass faster than in life. */
  clock: Clock;
  stop(): Promise<void>;
}

/** Deadlines and pauses pass this much faster than on a real clock; the sandbox's time with them. */
const SPEED = 20;

async function mustConnect(options: Parameters<typeof connect>[0]): Promise<Api> {
  const connected = await connect(options);
  if (!connected.ok) throw new Error(connected.message);
  return connected.value;
}

/** The embedded cluster; `speed` 1 for real processes, which live at their own. */
export async function onSandbox(speed = SPEED): Promise<Ground> {
  const clock = speed === 1 ? systemClock : scaleClock(systemClock, speed);
  const running = await startSandboxServer({ seed: 1, speed });
  const { url, token } = running;
  // What never meets trouble waits as long as it takes: a busy machine must not look like an answer.
  const api = await mustConnect({ server: url, token, ca: running.certificate, clock: systemClock });
  const stop = async () => {
    await api.close();
    await running.stop();
  };
  return { name: 'sandbox', url, token, api, clock, stop };
}

/** A real control plane on this machine. */
export async function onControlPlane(): Promise<Ground> {
  const cluster = await start();
  const api = await mustConnect({ kubeconfig: cluster.kubeconfig, clock: systemClock });
  const [{ user }] = parse(await readFile(cluster.kubeconfig, 'utf8')).users;
  const pem = (field: string) => Buffer.from(user[field], 'base64').toString('utf8');
  return {
    name: 'control plane',
    url: cluster.server,
    token: 'nobody looks at it',
    client: { cert: pem('client-certificate-data'), key: pem('client-key-data') },
    api,
    clock: scaleClock(systemClock, SPEED),
    stop: async () => {
      await api.close();
      await cluster.stop();
    },
  };
}
