import { join } from 'node:path';
import { isRunId } from '../records/run-id.ts';
import { clean } from './clean.ts';
import { makeReport } from './make.ts';
import type { Report, ScenarioVerdict } from './model.ts';
import { type Places, readParts } from './sources/read.ts';

/** One thing that was run on this machine, for a list. Times in milliseconds since the epoch. */
export interface PastRun {
  kind: 'run' | 'suite' | 'day';
  /** The id that `mayday report` takes. */
  id: string;
  at: number;
  name: string;
  type?: string;
  /** Of a run; a suite or a day has `counts`. */
  verdict?: ScenarioVerdict;
  counts?: Partial<Record<ScenarioVerdict, number>>;
  notRun: number;
  residue: number;
  /** Absent where no recovery was measured. */
  recoveryMs?: number;
  context?: string;
  /** Set where it cannot be read. */
  problem?: string;
}

const FOLDERS = { run: 'runs', suite: 'suites', day: 'days' } as const;
const KINDS = Object.keys(FOLDERS) as PastRun['kind'][];

/** The time at which an id was made: it begins with date and time. */
function timeOf(id: string): number {
  const [, y, mo, d, h, mi, s, ms] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(\d{3})/.exec(id) ?? [];
  return Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s), Number(ms));
}

/** What was run, as far as the name of its folder says. */
export type PastName = Pick<PastRun, 'kind' | 'id' | 'at'>;

/**
 * Lists what was run on this machine, newest first, at most `most`, without reading the records. Runs of a suite or a game-day are listed too.
 * Throws where a folder exists and cannot be read, since an empty list would be wrong.
 */
export function pastNames(places: Places, most = Number.MAX_SAFE_INTEGER): PastName[] {
  const names = KINDS.flatMap(kind =>
    namesIn(join(places.stateDir, FOLDERS[kind]), places)
      .filter(isRunId)
      .map(id => ({ kind, id, at: timeOf(id) })),
  );
  return names.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, most);
}

function namesIn(folder: string, { disk }: Places): string[] {
  if (disk.place(folder).is === 'missing') return [];
  const found = disk.names(folder);
  if (typeof found === 'string') throw new Error(`expected to read the records in ${folder}, found: ${found}`);
  return found;
}

/** The same as `pastNames`, with the records read. */
export const pastRuns = (places: Places, most = 200): PastRun[] =>
  pastNames(places, most).map(name => pastRun(name, places));

/** Reads one record; where it cannot be read, `problem` says why. */
export function pastRun(named: PastName, places: Places): PastRun {
  const { kind, id } = named;
  const parts = readParts(join(places.stateDir, FOLDERS[kind], id), places);
  const bare = { ...named, notRun: 0, residue: 0 };
  if (typeof parts === 'string') return { ...bare, name: '?', problem: clean(parts) };
  const report = makeReport(parts, { madeAt: 0, madeBy: '' });
  const [first] = report.scenarios;
  const context = report.where[0]?.context;
  return {
    ...bare,
    name: report.title,
    ...(kind === 'run' && first ? { verdict: first.verdict, ...(first.type ? { type: first.type } : {}) } : {}),
    ...(kind === 'run' ? {} : { counts: countsOf(report) }),
    notRun: report.notRun.length,
    residue: report.counts.residue,
    ...(kind === 'run' && first?.recoveryMs !== undefined ? { recoveryMs: first.recoveryMs } : {}),
    ...(context === undefined ? {} : { context }),
  };
}

const VERDICTS = ['Resilient', 'Degraded', 'Failed', 'Inconclusive', 'Unfinished'] as const;
const countsOf = ({ counts }: Report) =>
  Object.fromEntries(VERDICTS.flatMap(verdict => (counts[verdict] === 0 ? [] : [[verdict, counts[verdict]]])));

/**
 * The id of the report to compare with: the newest earlier one of the same kind that has a scenario in common. A folder has no time, so
 * it is compared with the newest.
 */
export function previousReport(report: Report, places: Places): string | undefined {
  const { kind, id } = report.source;
  const names = new Set(report.scenarios.map(scenario => scenario.name));
  return pastNames(places).find(past => {
    if (past.kind !== (kind === 'folder' ? 'suite' : kind) || past.id === id || (isRunId(id) && past.id > id))
      return false;
    const parts = readParts(past.id, places);
    return typeof parts !== 'string' && parts.scenarios.some(({ name }) => names.has(name));
  })?.id;
}
