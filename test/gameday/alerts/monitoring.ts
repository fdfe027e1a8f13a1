import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A Prometheus and an Alertmanager on loopback that a test lets fire, fall silent and answer nonsense. */
export async function monitoring() {
  const says = { firing: [] as Record<string, string>[], status: 200, body: undefined as string | undefined };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    asked.push(`${url.pathname}?${url.searchParams.get('query') ?? [...url.searchParams].join('&')}`);
    response.writeHead(says.status, { 'content-type': 'application/json' });
    if (says.body !== undefined) response.end(says.body);
    else if (url.pathname === '/api/v1/query') response.end(vectorOf(says.firing));
    else if (url.pathname === '/api/v2/alerts') response.end(JSON.stringify(says.firing.map(active)));
    else response.end('<html>');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    says,
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

/** As Prometheus 2 and 3 answer an instant query. */
const vectorOf = (firing: readonly Record<string, string>[]): string =>
  JSON.stringify({
    status: 'success',
    data: {
      resultType: 'vector',
      result: firing.map(labels => ({
        metric: { __name__: 'ALERTS', alertstate: 'firing', ...labels },
        value: [1_796_000_000.123, '1'],
      })),
    },
  });

/** As Alertmanager's API v2 lists an alert. */
const active = (labels: Record<string, string>) => ({
  annotations: { summary: 's' },
  endsAt: '2026-11-28T12:09:00.000Z',
  fingerprint: 'f',
  receivers: [{ name: 'web' }],
  startsAt: '2026-11-28T12:00:00.000Z',
  status: { inhibitedBy: [], silencedBy: [], state: labels.silenced === undefined ? 'active' : 'suppressed' },
  updatedAt: '2026-11-28T12:05:00.000Z',
  generatorURL: 'http://prometheus.example',
  labels,
});
