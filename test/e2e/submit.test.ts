import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { type Cluster, start } from '../cluster/controlplane/start.ts';
import { type ProcessKubelet, startKubelet } from '../cluster/kubelet/kubelet.ts';
import { submittedImage } from '../cluster/kubelet/mayday-image.ts';
import { onProcessNode } from '../cluster/kubelet/node.ts';
import { noControlPlane } from '../cluster/skip.ts';
import { submittedJourneys } from './journeys/submitted.ts';
import { notWanted } from './providers/choose.ts';
import { onControlPlane } from './providers/controlplane.ts';
import { onEachProvider } from './providers/on-each.ts';
import { program } from './providers/program.ts';
import type { Provider } from './providers/provider.ts';

onEachProvider('submitted on', given => submittedJourneys(() => ({ provider: given() })), ['sandbox']);

const skipped = noControlPlane ?? notWanted('controlplane');
if (skipped !== undefined) process.stderr.write(`skipped: ${skipped}\n`);

describe.skipIf(skipped)('submitted on a real control plane, each pod a real process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-submit-'));
  let cluster: Cluster;
  let kubelet: ProcessKubelet | undefined;
  let provider: Provider;
  beforeAll(async () => {
    cluster = await start();
    provider = onControlPlane(cluster);
    kubelet = await startKubelet(cluster, { images: [submittedImage(folder, program())], backoffMs: 1000 });
  }, 1_500_000);
  afterAll(async () => {
    await kubelet?.stop();
    await provider?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  submittedJourneys(() => ({ provider, podSpec: onProcessNode }));
});
