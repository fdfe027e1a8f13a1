import type { Mutant } from './mutants.ts';

/** The source with the mistake in it. Throws where the source does not hold the one place that the mistake is for. */
export function withMistake({ file, find, put }: Mutant, source: string): string {
  if (source.split(find).length !== 2) throw new Error(`${file}: expected one place that reads ${find}`);
  return source.replace(find, () => put);
}
