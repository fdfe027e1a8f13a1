import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { MAYDAY, NODE } from './program.ts';
import { median } from './statistics.ts';

const RUNS = 200;
const TIMES = 5;
const FORMS = ['md', 'html', 'junit', 'json', 'csv'];

/** The whole command over 200 records of runs, in each of its forms. */
export async function reportMany(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-bench-'));
  const record = readFileSync(join(import.meta.dirname, '../fixtures/records/run.json'), 'utf8');
  for (let i = 0; i < RUNS; i++) {
    mkdirSync(join(folder, String(i)));
    writeFileSync(join(folder, String(i), 'run.json'), record.replaceAll('llamastack-config-drift', `drift-${i}`));
  }
  const figures = FORMS.map(form => ({ what: `report of ${RUNS} runs as ${form}`, ms: timeOf(folder, form) }));
  rmSync(folder, { recursive: true });
  return figures.map(({ what, ms }) => ({ what, measured: `${ms.toFixed(0)} ms`, budget: '1000 ms' }));
}

function timeOf(folder: string, form: string): number {
  const times: number[] = [];
  for (let time = 0; time <= TIMES; time++) {
    const began = performance.now();
    const { status, stdout } = spawnSync(NODE, [MAYDAY, 'report', folder, '-o', form], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (status !== 0 || !stdout.includes('drift-199')) throw new Error(`report ended with ${status}`);
    if (time > 0) times.push(performance.now() - began);
  }
  return median(times);
}
