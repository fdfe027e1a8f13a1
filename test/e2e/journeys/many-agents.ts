import { disk, readSource } from '../../../src/experiment/files.ts';
import { loadExperiment } from '../../../src/experiment/load.ts';
import type { LoadedExperiment } from '../../../src/experiment/types.ts';
import type { RunEvent } from '../../../src/run/event.ts';
import { engineFor } from '../../../src/runtime/open-engine.ts';
import { createRuntime } from '../../../src/runtime/runtime.ts';

/**
 * One process with many faults in at once, as a console has them: `many-agents.ts KUBECONFIG FILE…`. Each is injected once the one before is in;
 * `injected NAME` is a line of standard output, and so is what any of them ended with. It goes on until it is killed.
 */
const [kubeconfig = '', ...files] = process.argv.slice(2);
const made = await createRuntime({ kubeconfig });
if (!made.ok) throw new Error(made.message);
const connected = await made.runtime.connect();
if (!connected.ok) throw new Error(connected.message);
const engine = engineFor(made.runtime, connected.value);
const tell = (line: string) => void process.stdout.write(`${line}\n`);

for (const file of files) await injected(load(file));

function load(file: string): LoadedExperiment {
  const source = readSource(file, disk);
  if (source.problem !== undefined) throw new Error(source.problem);
  const loading = loadExperiment(source.text, file);
  if (!loading.ok) throw new Error(`${file}: ${loading.errors.map(({ message }) => message).join('; ')}`);
  return loading.loaded;
}

/** Starts it, and resolves when it is in or over. */
function injected(loaded: LoadedExperiment): Promise<void> {
  const { name } = loaded.experiment.metadata;
  return new Promise(resolve => {
    const emit = ({ event }: RunEvent) => {
      if (event !== 'injected') return;
      tell(`injected ${name}`);
      resolve();
    };
    void engine.run(loaded, { emit, soakMs: 600_000 }).then(({ result }) => {
      tell(`over ${name}: ${result.verdict}: ${result.reasons.join('; ')}`);
      resolve();
    });
  });
}
