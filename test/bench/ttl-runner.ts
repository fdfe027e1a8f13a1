import type { LoadedExperiment } from '../../src/experiment/types.ts';
import { engineFor, guardFor } from '../../src/runtime/open-engine.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { loadedExperiment } from '../support/loaded-experiment.ts';
import { MAYDAY } from './program.ts';

/** `ttl-runner.ts KUBECONFIG FAULTS TTL_MS`: a process with that many faults of its own; tells on stdout when each was injected. */
const [kubeconfig = '', faults = '0', ttl = '0'] = process.argv.slice(2);
const ttlMs = Number(ttl);
// What starts the program again, as the guardian is started, must find the program.
process.argv[1] = MAYDAY;

const made = await createRuntime({ kubeconfig });
if (!made.ok) throw new Error(made.message);
const { runtime } = made;
const connected = await runtime.connect();
if (!connected.ok) throw new Error(connected.message);
const api = connected.value;
const guard = guardFor(runtime, api);

const NAMESPACE = 'ttl';
await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });

const drift = (name: string): LoadedExperiment =>
  loadedExperiment(
    { name },
    {
      tier: 1,
      target: { operator: 'bench', component: name },
      steadyState: {
        checks: [{ type: 'resourceExists', apiVersion: 'v1', kind: 'ConfigMap', name, namespace: NAMESPACE }],
      },
      injection: { type: 'ConfigDrift', parameters: { name, key: 'mode', value: 'chaos' }, count: 1, ttlMs },
      hypothesis: { description: 'nobody heals it', recoveryTimeoutMs: 3_600_000, recoveryTimeoutGiven: true },
      blastRadius: { allowedNamespaces: [NAMESPACE] },
    },
  );

async function one(index: number): Promise<void> {
  const name = `settings-${index}`;
  await api.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: NAMESPACE },
    data: { mode: 'live' },
  });
  const engine = engineFor(runtime, api, { guard });
  let startedAt = 0;
  await engine.run(drift(name), {
    emit: event => {
      if (event.event === 'phase' && event.phase === 'Injecting') startedAt = Date.now();
      if (event.event === 'injected') process.stdout.write(`${JSON.stringify({ run: event.run, at: startedAt })}\n`);
    },
  });
}
await Promise.all(Array.from({ length: Number(faults) }, (_, index) => one(index)));
