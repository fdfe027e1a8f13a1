import { systemClock } from '../../src/host/clock.ts';
import { TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { startWebhookServer, type WebhookServer } from '../../src/webhook-server/server.ts';
import type { Egress } from '../cluster/controlplane/egress.ts';

/** What simulated pods of WebhookLatency's Deployments would do. */
export interface WebhookServers {
  stop(): Promise<void>;
}

const LOOKS_MS = 300;
const OURS = { labelSelector: `${TYPE_LABEL}=WebhookLatency` };

/** Serves, for each such Deployment, with the certificate that was made for it and the delay that it is told, behind its pods' addresses. */
export function serveWebhooks(api: Api, egress: Egress): WebhookServers {
  const servers = new Map<string, WebhookServer>();
  const ports = new Map<string, number>();
  const over = new AbortController();
  const unroute = egress.route(address => ports.get(address));

  async function look(): Promise<void> {
    const deployments = await api.listAll({ apiVersion: 'apps/v1', kind: 'Deployment' }, OURS);
    for (const deployment of deployments.ok ? deployments.value.items : []) {
      const server = servers.get(deployment.metadata.uid ?? '') ?? (await serve(deployment));
      if (server !== undefined) for (const address of await addressesOf(deployment)) ports.set(address, server.port);
    }
  }

  async function serve({ metadata, spec }: KubeObject): Promise<WebhookServer | undefined> {
    const { namespace = '', name, uid = '' } = metadata;
    const secret = await api.get({ apiVersion: 'v1', kind: 'Secret', namespace, name: `${name}-certs` });
    if (!secret.ok) return undefined;
    const pem = (key: string) =>
      Buffer.from((secret.value.data as Record<string, string>)[key] ?? '', 'base64').toString();
    const [, seconds = '0'] = /--delay[=", ]+(\d+)s/.exec(JSON.stringify(spec)) ?? [];
    const server = await startWebhookServer({
      port: 0,
      host: '127.0.0.1',
      cert: pem('tls.crt'),
      key: pem('tls.key'),
      delayMs: 1000 * Number(seconds),
    });
    servers.set(uid, server);
    return server;
  }

  async function addressesOf({ metadata: { namespace = '', name } }: KubeObject): Promise<string[]> {
    const pods = await api.list({ apiVersion: 'v1', kind: 'Pod', namespace }, { labelSelector: `app=${name}` });
    return pods.ok
      ? pods.value.items.flatMap(({ status }) => (status as { podIP?: string } | undefined)?.podIP ?? [])
      : [];
  }

  const looking = (async () => {
    while (!over.signal.aborted) {
      await look();
      await systemClock.sleep(LOOKS_MS, over.signal).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await looking;
      unroute();
      for (const server of servers.values()) await server.close();
    },
  };
}
