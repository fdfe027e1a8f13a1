import type { Judged } from './judge.ts';

/** The line that sums a comparison up, and how many of its requests were answered otherwise without a reason. */
export function figureOf(judged: readonly Judged[]): { line: string; different: number } {
  const different = judged.filter(({ differs }) => differs.length > 0).length;
  const listed = judged.filter(({ differs, listed: known }) => differs.length === 0 && known.length > 0).length;
  const same = judged.length - different - listed;
  return { line: `${judged.length} requests: ${same} the same, ${listed} listed, ${different} different`, different };
}
