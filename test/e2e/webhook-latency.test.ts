import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, start } from '../cluster/controlplane/start.ts';
import type { Image } from '../cluster/kubelet/images.ts';
import { type ProcessKubelet, startKubelet } from '../cluster/kubelet/kubelet.ts';
import { onProcessNode } from '../cluster/kubelet/node.ts';
import { noControlPlane } from '../cluster/skip.ts';
import { verdictOf } from './journeys/mayday.ts';
import type { FaultSpec, Thing } from './journeys/objects.ts';
import { openStage, type Stage } from './journeys/stage.ts';
import { notWanted } from './providers/choose.ts';
import { onControlPlane } from './providers/controlplane.ts';
import { program } from './providers/program.ts';

const skipped = noControlPlane ?? notWanted('controlplane');
if (skipped !== undefined) process.stderr.write(`skipped: ${skipped}\n`);

const NAME = 'chaos-webhook-latency-configmaps';
const slow: FaultSpec = {
  type: 'WebhookLatency',
  danger: 'high',
  parameters: { resources: 'configmaps', apiGroups: 'core', delay: '2s' },
};
const kinds = ['secret', 'deployment', 'service', 'validatingwebhookconfiguration'];

/** Our own webhook server as an image: this program, as the process that a pod of it is. */
const maydayImage = (binary: string): Image => ({
  name: 'mayday',
  command: '/mayday',
  binary,
  listens: [8443],
  arguments: ({ ports, root }) => [
    `--port=${ports.get(8443)}`,
    `--tls-cert-file=${root}/etc/webhook/certs/tls.crt`,
    `--tls-private-key-file=${root}/etc/webhook/certs/tls.key`,
  ],
});

describe.skipIf(skipped)('WebhookLatency on a real API server, with our webhook server as a real process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-image-'));
  let cluster: Cluster;
  let kubelet: ProcessKubelet | undefined;
  let stage: Stage;

  beforeAll(async () => {
    const binary = join(folder, 'mayday');
    writeFileSync(binary, `#!/bin/sh\nexec ${program().join(' ')} "$@"\n`);
    chmodSync(binary, 0o755);
    cluster = await start();
    kubelet = await startKubelet(cluster, { images: [maydayImage(binary)], backoffMs: 1000 });
    stage = await openStage(onControlPlane(cluster));
    await stage.set();
  }, 1_500_000);
  afterAll(async () => {
    await stage?.close();
    await kubelet?.stop();
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const left = async (): Promise<string> =>
    (await Promise.all(kinds.map(kind => stage.kubectl('get', kind, '-o', 'name', '-l', `app=${NAME}`)))).join('');

  test('Inconclusive where its pod is Ready and nobody listens in it: nothing was late', async () => {
    const ended = await stage.run({ ...slow, ttl: '10s' }).ended;
    expect(verdictOf(ended)).toMatchObject({ verdict: 'Inconclusive', residue: 0 });
    expect(verdictOf(ended).reasons.at(-1)).toMatch(
      /^seen: a dry-run update of ConfigMap \S+ took [01]\.\d+ s, expected at least 2\.00 s$/,
    );
    expect(await left()).toBe('');
  });

  test('Resilient once the server answers late, proven by an update that took as long', async () => {
    const running = stage.run({ ...slow, ttl: '60s' });
    await running.event('injected');
    const template = { spec: { template: { spec: { ...onProcessNode } } } };
    await stage.kubectl('patch', 'deployment', NAME, '--type=merge', '-p', JSON.stringify(template));
    const proven = await running.event('effect', said => said.state === 'proven');
    expect((proven.evidence as Thing).at(-1)).toMatch(/^a dry-run update of ConfigMap \S+ took 2\.\d+ s$/);
    const ended = await running.ended;
    expect(verdictOf(ended)).toMatchObject({ verdict: 'Resilient', residue: 0 });
    expect(ended.code).toBe(0);
    expect(await left()).toBe('');
  });
});
