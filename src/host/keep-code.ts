import { readdir, readFile } from 'node:fs/promises';
import * as nodeModule from 'node:module';

/** The files of the bundle carry a hash of what is in them, so a copy that was read earlier is the right one at any time. */
const HASHED = /-[A-Z0-9]{8}\.js$/;

/**
 * Reads the code that this process may load later into memory, and lets later imports take it from there. An update of
 * mayday replaces the files under a process that runs, and their names with them. Nothing is run or compiled for this.
 * `folder` is that of the bundle; run from
 * its sources, mayday has none, and nothing is kept. Resolves with how many files are kept.
 * Never rejects: a file that cannot be read any more is missing only if it is asked for.
 */
export async function keepCode(folder: URL = new URL('.', import.meta.url)): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const kept = new Map<string, Buffer>();
  // One after the other: this is never urgent, and many reads at once would delay those that are.
  for (const name of names.filter(each => HASHED.test(each))) {
    const source = await readFile(new URL(name, folder)).catch(() => undefined);
    if (source !== undefined) kept.set(new URL(name, folder).href, source);
  }
  if (kept.size > 0) serveFrom(kept);
  return kept.size;
}

/** Older versions of Node.js have no such hooks; there an import reads the disk, as without all this. */
function serveFrom(kept: ReadonlyMap<string, Buffer>): void {
  nodeModule.registerHooks?.({
    resolve(specifier, context, next) {
      const url = URL.parse(specifier, context.parentURL)?.href;
      return url !== undefined && kept.has(url)
        ? { url, format: 'module', shortCircuit: true }
        : next(specifier, context);
    },
    load(url, context, next) {
      const source = kept.get(url);
      return source ? { format: 'module', source, shortCircuit: true } : next(url, context);
    },
  });
}
