import { readdir, readFile } from 'node:fs/promises';
import * as nodeModule from 'node:module';

/** The files of the bundle carry a hash of what is in them, so a copy that was read earlier is the right one at any time. */
const HASHED = /-[A-Z0-9]{8}\.js$/;

/**
 * Reads the code that this process may load later into memory, and makes later imports use that copy: an update of
 * mayday replaces the files, and their names, while the process runs. Nothing is executed or compiled now.
 * `folder` is the folder of the bundle; if mayday runs from its sources, there is none, and nothing is kept.
 * Resolves with the number of files that are kept. Never rejects: a file that cannot be read matters only if it is imported.
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

/** Older versions of Node.js have no such hooks: imports then read the disk. */
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
