import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { systemClock } from '../../../src/host/clock.ts';
import { scaleClock } from '../../../src/run/clocks.ts';
import { startSandboxServer } from '../../../src/sandbox/server.ts';
import type { Provider } from './bench.ts';
import { engineJourneys } from './journeys.ts';

const SPEED = 6;

async function sandbox(): Promise<Provider> {
  const running = await startSandboxServer({ speed: SPEED, seed: 1 });
  const kubeconfig = join(await mkdtemp(join(tmpdir(), 'mayday-sandbox-')), 'kubeconfig');
  await writeFile(kubeconfig, running.kubeconfig, { mode: 0o600 });
  return { name: 'sandbox', kubeconfig, clock: scaleClock(systemClock, SPEED), close: () => running.stop() };
}

describe('the engine on the sandbox', () => {
  engineJourneys(sandbox);
});
