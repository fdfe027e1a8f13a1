import { counted } from '../../text/counted.ts';
import { measured } from '../../text/duration.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { RunResult } from './result.ts';

const recovery = ({ timings }: RunResult): string =>
  timings.recoveryMs === undefined ? '-' : measured(timings.recoveryMs);

function cells(result: RunResult): string[] {
  return [
    result.experiment,
    result.type,
    result.verdict,
    recovery(result),
    result.restoredBy,
    result.residue === 0 ? '0' : `${result.residue} REMAIN`,
    result.compat.verdict,
  ];
}

const HEAD = ['EXPERIMENT', 'TYPE', 'VERDICT', 'RECOVERY', 'RESTORED BY', 'RESIDUE', 'FRAMEWORK'];

/** Several runs as a table, a row each, then the counts. */
export function summaryLines(results: readonly RunResult[]): string[] {
  const rows = [HEAD, ...results.map(result => cells(result).map(cell => sanitise(cell)))];
  const widths = HEAD.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  const lines = rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, countsLine(results)];
}

/** `3 runs: 2 Resilient, 1 Degraded, 0 remain`. */
export function countsLine(results: readonly RunResult[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of results) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const residue = results.reduce((sum, result) => sum + result.residue, 0);
  const parts = ['Resilient', 'Degraded', 'Failed', 'Inconclusive']
    .filter(verdict => counts.has(verdict))
    .map(verdict => `${counts.get(verdict)} ${verdict}`);
  return `${counted(results.length, 'run')}: ${[...parts, `${residue} remain`].join(', ')}`;
}
