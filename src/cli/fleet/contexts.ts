import { resolve } from 'node:path';
import { readRegular } from '../../host/disk/regular.ts';
import { contextsReader } from '../../kube/connection/contexts.ts';
import type { Machine } from '../../kube/connection/kubeconfig.ts';
import { quoted } from '../../text/issue.ts';
import { sanitise } from '../../text/sanitise.ts';
import { CommandFailure, EXIT } from '../failure.ts';
import type { GlobalOptions } from '../globals.ts';

const LONGEST_FILE = 1024 * 1024;

/** The contexts that the command line names, without duplicates, in its order; throws where one is not in the kubeconfig. */
export async function fleetContexts(globals: GlobalOptions, machine: Machine): Promise<string[]> {
  const given = [
    globals.context && '--context',
    globals.contexts && '--contexts',
    globals.allContexts && '--all-contexts',
    globals.contextsFile && '--contexts-file',
    globals.sandbox && '--sandbox',
  ].filter(option => typeof option === 'string');
  if (given.length > 1)
    throw new CommandFailure(`expected one way to name clusters, found ${given.join(' and ')}: leave the others out`);
  const known = await contextsReader(globals.kubeconfig && resolve(globals.kubeconfig), machine)();
  if (!known.ok) throw new CommandFailure(known.message, EXIT.unreachable);
  const names = known.contexts.map(({ name }) => name);
  const wanted = globals.allContexts === true ? names : listed(globals);
  if (wanted.length === 0) throw new CommandFailure(`expected the names of contexts, found none in ${given[0]}`);
  const missing = wanted.filter(name => !names.includes(name));
  if (missing.length > 0)
    throw new CommandFailure(
      `expected contexts of the kubeconfig, found ${missing.map(quoted).join(', ')}: it has ${sanitise(names.join(', ') || 'none', 1_000)}; nothing was done`,
    );
  return [...new Set(wanted)];
}

function listed({ contexts, contextsFile }: GlobalOptions): string[] {
  const names = contextsFile === undefined ? (contexts ?? '').split(',') : linesOf(contextsFile);
  return names.map(name => name.trim()).filter(name => name !== '');
}

function linesOf(path: string): string[] {
  const reading = readRegular(path, LONGEST_FILE);
  if (reading.is === 'text') return reading.text.split('\n').map(line => line.replace(/(^|\s)#.*$/, ''));
  const why = reading.is === 'missing' ? 'nothing' : reading.why;
  throw new CommandFailure(`expected a file with the names of contexts at ${sanitise(path, 300)}, found ${why}`);
}
