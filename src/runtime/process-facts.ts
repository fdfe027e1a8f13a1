import { processStart } from '../host/process.ts';
import { VERSION } from '../host/version.ts';
import type { Runtime } from './runtime.ts';

/** What a journal or a lock says of the process that writes it; the start tells a later process of the same id apart. */
export function processFacts({ host }: Pick<Runtime, 'host'>): {
  pid: number;
  processStart?: string;
  host: string;
  version: string;
} {
  const started = processStart(process.pid);
  return { pid: process.pid, ...(started === undefined ? {} : { processStart: started }), host, version: VERSION };
}
