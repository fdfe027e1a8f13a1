import { join } from 'node:path';
import type { Files } from '../../src/experiment/files.ts';
import { journalPath, type RunHeader } from '../../src/records/journal.ts';
import { makeRecord, type RunRecord } from '../../src/records/run-record.ts';
import { makeReport } from '../../src/report/make.ts';
import type { Report } from '../../src/report/model.ts';
import { readParts } from '../../src/report/sources/read.ts';
import type { RunEvent } from '../../src/run/event.ts';
import type { RunResult } from '../../src/run/verdict/result.ts';
import { named, resultOf } from '../suite/support.ts';

export const STATE = '/state';
export const T0 = Date.UTC(2026, 10, 21, 12);

/** A disk for reports, of the texts of its files. */
export function diskOf(texts: ReadonlyMap<string, string> | Record<string, string>): Files {
  const files = texts instanceof Map ? texts : new Map(Object.entries(texts));
  const within = (path: string) => [...files.keys()].filter(key => key.startsWith(`${path}/`));
  return {
    place: path => {
      if (files.has(path)) return { is: 'file' };
      return within(path).length > 0 ? { is: 'folder', id: path } : { is: 'missing' };
    },
    read: path => {
      const text = files.get(path);
      return text === undefined ? { is: 'missing' } : { is: 'text', text };
    },
    names: path => [...new Set(within(path).map(key => key.slice(path.length + 1).split('/')[0] ?? ''))],
  };
}

export const runId = (nth: number): string =>
  `20261121-${String(120000000 + nth * 1000).padStart(9, '0')}-00000${nth % 10}`;

/** The record of a run that healed by itself after 4.2 s; `own` says otherwise. */
export function recordOf(nth: number, name = 'web-kill', own: Partial<RunResult> = {}, hostile = ''): RunRecord {
  const run = runId(nth);
  const loaded = named(name, { operator: 'shop' });
  const header: RunHeader = {
    run,
    startedAt: T0,
    pid: 1,
    host: 'laptop',
    version: 'test',
    context: 'lab',
    server: 'https://lab.example',
    user: 'alice',
    clusterUid: 'cluster-1',
    experiment: { name, path: `lab/${name}.yaml`, sha256: name, type: 'PodKill' },
  };
  const result = resultOf(run, loaded, {
    reasons: [`healed by itself: steady after 4.2s${hostile}`],
    timings: {
      injectedAt: T0,
      effectProvenAt: T0 + 500,
      firstSymptomAt: T0 + 900,
      detectedAt: T0 + 1_400,
      healedAt: T0 + 4_200,
      stableAt: T0 + 14_200,
      recoveryMs: 4_200,
    },
    baseline: [check('Available=True')],
    checks: [check('Available=True')],
    receipts: [
      {
        id: 'r',
        type: 'PodKill',
        object: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: `web${hostile}` },
        outcome: 'gone',
        verified: true,
        requests: 1,
        ms: 1,
        message: `nothing to put back${hostile}`,
      },
    ],
    ...own,
  });
  return makeRecord(header, loaded, result, eventsOf(run, name));
}

const check = (actual: string) => ({
  name: 'Deployment shop/web Available',
  state: 'pass' as const,
  expected: 'Available=True',
  actual,
});

const eventsOf = (run: string, experiment: string): RunEvent[] => [
  { at: T0 - 1_000, run, event: 'phase', phase: 'Pending', experiment },
  { at: T0, run, event: 'injected', writes: ['kill Pod shop/web'], pods: [], recoveryDeadline: T0 + 60_000 },
  { at: T0 + 500, run, event: 'effect', state: 'proven', evidence: ['pod web is gone'], afterMs: 500 },
];

/** A run whose process died after the injection: there is only its journal. */
export function diedFiles(nth: number, name: string): Record<string, string> {
  const run = runId(nth);
  const { header } = recordOf(nth, name);
  const lines = [{ entry: 'begin', ...header }, ...eventsOf(run, name).map(event => ({ entry: 'event', event }))];
  return { [journalPath(STATE, run)]: lines.map(line => JSON.stringify(line)).join('\n') };
}

export function reportOf(what: string, files: Record<string, string>, more: { before?: Report } = {}): Report {
  const parts = readParts(what, { disk: diskOf(files), stateDir: STATE });
  if (typeof parts === 'string') throw new Error(parts);
  return makeReport(parts, { madeAt: T0 + 60_000, madeBy: 'mayday test', ...more });
}

export const filesOf = (records: RunRecord[]): Record<string, string> =>
  Object.fromEntries(
    records.map(record => [join(STATE, 'runs', record.header.run, 'run.json'), JSON.stringify(record)]),
  );
