import { jsonDifferences, shortJson } from '../support/json-differences.ts';
import type { Answer } from './step.ts';

const AS = { left: 'truth', right: 'sandbox' };

/** Where two answers differ: the path and both values, one line each. */
export function differences(truth: Answer, found: Answer): string[] {
  if (truth.status !== found.status) {
    const bodies = `${shortJson(truth.body)} / ${shortJson(found.body)}`;
    return [`status: truth ${truth.status}, sandbox ${found.status} (${bodies})`];
  }
  return [
    ...jsonDifferences(truth.headers, found.headers, AS, 'headers'),
    ...jsonDifferences(truth.body, found.body, AS, 'body'),
  ];
}
