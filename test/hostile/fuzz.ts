import fc from 'fast-check';
import { discoveryNeverThrows, nothingStopsTheRest, readersNeverThrow } from './readers.ts';

/** What came of many hostile inputs: a line for each reader that one of them broke, with the input. */
export async function fuzz(inputs: number, seed: number): Promise<{ inputs: number; failures: string[] }> {
  const readers = readersNeverThrow();
  const numRuns = Math.ceil(inputs / (readers.length + 2));
  const how = { numRuns, seed };
  const checks = [
    ...readers.map(check => () => check(how)),
    () => fc.assert(discoveryNeverThrows(), how),
    () => fc.assert(nothingStopsTheRest(), how),
  ];
  const failures: string[] = [];
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      failures.push(error instanceof Error ? error.message.slice(0, 2_000) : String(error));
    }
  }
  return { inputs: numRuns * checks.length, failures };
}
