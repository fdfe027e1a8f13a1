import { counted } from '../text/counted.ts';
import type { SuiteView } from './view.ts';

const VERDICTS = ['Resilient', 'Degraded', 'Failed', 'Inconclusive'] as const;

/** `22 runs: 14 Resilient, 8 Degraded, 0 remain`. */
export function summaryCounts({ rows }: SuiteView): string {
  const verdicts = VERDICTS.flatMap(verdict => {
    const count = rows.filter(({ end }) => end?.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  const notRun = rows.filter(({ end }) => end === undefined).length;
  const residue = rows.reduce((sum, { end }) => sum + (end?.residue ?? 0), 0);
  const all = [...verdicts, ...(notRun === 0 ? [] : [`${notRun} not run`]), `${residue} remain`];
  return `${counted(rows.length, 'run')}: ${all.join(', ')}`;
}
