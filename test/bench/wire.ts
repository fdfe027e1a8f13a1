import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WireEvent } from './wire-log.ts';

/** The HTTP requests of one process, written down by the process itself. */
export interface Wire {
  /** To be set for the process. */
  env: Record<string, string>;
  /** What has been written so far; the process writes at its end, and twice a second before. */
  events(): WireEvent[];
}

/** A log for one process. */
export function wire(): Wire {
  const file = join(mkdtempSync(join(tmpdir(), 'mayday-bench-')), 'wire.jsonl');
  const preload = `--import ${join(import.meta.dirname, 'wire-log.ts')}`;
  return {
    env: { MAYDAY_BENCH_WIRE: file, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${preload}`.trim() },
    events: () =>
      existsSync(file)
        ? readFileSync(file, 'utf8')
            .split('\n')
            .filter(line => line !== '')
            .map(line => JSON.parse(line) as WireEvent)
        : [],
  };
}

/** Requests that were sent, by whether they may change anything. */
export function counted(events: readonly WireEvent[]): { reads: number; writes: number } {
  const asked = events.filter(({ what }) => what === 'asked');
  const reads = asked.filter(({ method }) => method === 'GET').length;
  return { reads, writes: asked.length - reads };
}
