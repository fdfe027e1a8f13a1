import { type Clock, systemClock } from '../../src/host/clock.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { scaleClock } from '../../src/run/clocks.ts';
import { startSandboxServer } from '../../src/sandbox/server.ts';
import { start } from '../cluster/controlplane/start.ts';
import { serveWebhooks } from './webhook-servers.ts';

/** A cluster to run the matrix on. */
export interface Ground {
  api: Api;
  clock: Clock;
  stop(): Promise<void>;
}

async function mustConnect(options: Parameters<typeof connect>[0]): Promise<Api> {
  const connected = await connect(options);
  if (!connected.ok) throw new Error(connected.message);
  return connected.value;
}

/** The embedded cluster; `speed`: how much faster than life. */
export async function onSandbox(speed: number): Promise<Ground> {
  const running = await startSandboxServer({ seed: 1, speed });
  const clock = scaleClock(systemClock, speed);
  const api = await mustConnect({ server: running.url, token: running.token, ca: running.certificate, clock });
  const stop = async () => {
    await api.close();
    await running.stop();
  };
  return { api, clock, stop };
}

/** A real control plane, whose time cannot be made to pass faster. Its pods are simulated, but for those that delay a webhook. */
export async function onControlPlane(): Promise<Ground> {
  const cluster = await start();
  const api = await mustConnect({ kubeconfig: cluster.kubeconfig, clock: systemClock });
  const webhooks = serveWebhooks(api, cluster.egress);
  const stop = async () => {
    await webhooks.stop();
    await api.close();
    await cluster.stop();
  };
  return { api, clock: systemClock, stop };
}
