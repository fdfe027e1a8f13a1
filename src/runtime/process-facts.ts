import { processStart } from '../host/process.ts';
import { VERSION } from '../host/version.ts';
import type { Runtime } from './runtime.ts';

/** What a journal or a lock records about this process; the start time distinguishes it from a later process with the same pid. */
export function processFacts({ host }: Pick<Runtime, 'host'>): {
  pid: number;
  processStart?: string;
  host: string;
  version: string;
} {
  const started = processStart(process.pid);
  return { pid: process.pid, ...(started === undefined ? {} : { processStart: started }), host, version: VERSION };
}
