import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type CollectGarbage = (options: { type: 'major'; execution: 'async'; flavor: 'last-resort' }) => unknown;

/**
 * Keeps the part of the heap where new objects begin close to its first size; call it before anything large is read. V8
 * doubles this part again and again while ten thousand objects are read, up to 64 MB, and nearly all of that is waste:
 * only slim rows are kept of what is parsed. The small size costs no CPU time, because more of it fits into the
 * processor's caches. If this is not possible, only memory is lost, so no error is reported.
 */
export function keepNewSpaceSmall(): void {
  try {
    setFlagsFromString('--semi-space-growth-factor=1');
  } catch {
    // Another engine, or a policy against it.
  }
}

/**
 * Returns unused memory to the machine, which takes some tenths of a second at most, and keeps the heap small from
 * then on. V8 does not return memory by itself; after reading ten thousand objects as text the unused part is larger than the used one.
 * During the reads the heap may grow: kept small all the time, they take nearly twice the CPU time. If this is not possible,
 * only memory is lost, so no error is reported.
 */
export function releaseMemory(): void {
  try {
    setFlagsFromString('--optimize-for-size');
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as CollectGarbage;
    setFlagsFromString('--no-expose-gc');
    void collect({ type: 'major', execution: 'async', flavor: 'last-resort' });
  } catch {
    // Another JavaScript engine, or a policy that forbids it.
  }
}
