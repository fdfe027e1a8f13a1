import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { MAYDAY, NODE } from './program.ts';
import { median } from './statistics.ts';

const FILES = 500;
const RUNS = 7;

/** The whole command over 500 files made from the shipped experiments, each with a name of its own. */
export async function validateMany(): Promise<Figure[]> {
  const shipped = documents(join(import.meta.dirname, '../../experiments'));
  const folder = mkdtempSync(join(tmpdir(), 'mayday-bench-'));
  for (let i = 0; i < FILES; i++) {
    const text = (shipped[i % shipped.length] ?? '').replace(/^ {2}name: (\S+)/m, `  name: $1-${i}`);
    writeFileSync(join(folder, `${i}.yaml`), text);
  }
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const began = performance.now();
    const { status, stdout } = spawnSync(NODE, [MAYDAY, 'validate', folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`validate ended with ${status}: ${stdout.slice(-300)}`);
    if (run > 0) times.push(performance.now() - began);
  }
  return [
    {
      what: `validate ${FILES} files, whole command, median of ${RUNS}`,
      measured: `${median(times).toFixed(0)} ms`,
      budget: '700 ms (423 files)',
    },
  ];
}

function documents(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? documents(path) : [readFileSync(path, 'utf8')];
  });
}
