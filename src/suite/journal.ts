import { join, resolve } from 'node:path';
import type { FaultType } from '../faults/types.ts';
import type { Files } from '../host/files.ts';
import type { RunHeader } from '../records/journal.ts';
import { jsonText, recordsOf } from '../text/json.ts';
import type { EntryEnd } from './event.ts';
import type { SuiteEntry } from './order.ts';

/** One run of a suite, as recorded in its journal. */
export interface JournalEntry {
  key: string;
  /** The path as it was given, and as an absolute path. */
  path: string;
  file: string;
  sha256: string;
  experiment: string;
  type: FaultType;
  operator: string;
  tier: number;
  round: number;
}

/** The entries in the form of the journal and the table. */
export const journalEntries = (entries: readonly SuiteEntry[]): JournalEntry[] =>
  entries.map(({ key, loaded, round }) => {
    const { metadata, spec } = loaded.experiment;
    return {
      key,
      path: loaded.path,
      file: resolve(loaded.path),
      sha256: loaded.sha256,
      experiment: metadata.name,
      type: spec.injection.type,
      operator: spec.target.operator,
      tier: spec.tier,
      round,
    };
  });

/** The settings of a suite; a resumed one keeps them. Milliseconds. */
export interface SuiteSettings {
  parallel: number;
  rounds: number;
  failFast: boolean;
  dryRun: boolean;
  set: string[];
  /** Files and folders of operators' knowledge models. */
  knowledge?: string[];
  namespace?: string;
  gateMs: number;
  soakMs: number;
  timeoutMs?: number;
}

/** The process that began or resumed the suite, and its cluster. */
export type SuiteHeader = Omit<RunHeader, 'run' | 'experiment'> & { suite: string };

/** One line of a suite's journal. Times in milliseconds since the epoch, server time. */
export type SuiteRecord =
  | ({ entry: 'begin'; v: 1; entries: JournalEntry[]; settings: SuiteSettings } & SuiteHeader)
  | ({ entry: 'resume' } & SuiteHeader)
  /** Written before the first write of the run, so that its id is known. */
  | { entry: 'run'; key: string; run: string; at: number }
  | ({ entry: 'done'; key: string; at: number } & EntryEnd)
  | { entry: 'not-run'; key: string; says: string; at: number }
  | { entry: 'end'; at: number; exitCode: number; says: string };

const suitesFolder = (stateDir: string): string => join(stateDir, 'suites');
export const suiteJournalPath = (stateDir: string, suite: string): string =>
  join(suitesFolder(stateDir), suite, 'journal.jsonl');

/** A suite's journal, open for writing: `<stateDir>/suites/<id>/journal.jsonl`, each record on the disk before its promise resolves. */
export interface SuiteJournal {
  append(record: SuiteRecord): Promise<void>;
  close(): Promise<void>;
}

/** Opens the journal of a new suite, or with `again` an existing one, whose last line may be incomplete after a crash. */
export async function openSuiteJournal(
  files: Files,
  stateDir: string,
  suite: string,
  again = false,
): Promise<SuiteJournal> {
  const file = await files.openAppend(suiteJournalPath(stateDir, suite));
  let isTorn = again;
  return {
    append(record) {
      const text = `${isTorn ? '\n' : ''}${jsonText(record)}\n`;
      isTorn = false;
      return file.append(text);
    },
    close: () => file.close(),
  };
}

/** A suite, as read from its journal. */
export interface SuiteHistory {
  suite: string;
  header: SuiteHeader;
  settings: SuiteSettings;
  entries: JournalEntry[];
  /** Ids of the runs that were begun, by key, in order; the last one counts. */
  runs: ReadonlyMap<string, readonly string[]>;
  /** How each run that ended did so. */
  done: ReadonlyMap<string, EntryEnd>;
  /** Why a run was skipped, by key. */
  notRun: ReadonlyMap<string, string>;
  /** The last process that worked on it. */
  last: SuiteHeader;
  /** Its last regular end. */
  end?: { at: number; exitCode: number; says: string };
  /** Numbers of the lines that are not records, counted from 1. */
  broken: number[];
}

/** Reads the journal of a suite; undefined where it does not begin like one. */
export function readSuite(text: string): SuiteHistory | undefined {
  const { records, broken } = recordsOf(text.split('\n'), suiteRecord);
  const [begin] = records;
  if (begin?.entry !== 'begin' || !Array.isArray(begin.entries)) return undefined;
  const { entry: _entry, v: _v, entries, settings, ...header } = begin;
  const runs = new Map<string, string[]>();
  const done = new Map<string, EntryEnd>();
  const notRun = new Map<string, string>();
  let last: SuiteHeader = header;
  let end: SuiteHistory['end'];
  for (const record of records.slice(1)) {
    switch (record.entry) {
      case 'resume':
        last = record;
        end = undefined;
        break;
      case 'run':
        runs.set(record.key, [...(runs.get(record.key) ?? []), record.run]);
        break;
      case 'done':
        done.set(record.key, record);
        notRun.delete(record.key);
        break;
      case 'not-run':
        notRun.set(record.key, record.says);
        break;
      case 'end':
        end = { at: record.at, exitCode: record.exitCode, says: record.says };
        break;
      default:
    }
  }
  return { suite: header.suite, header, settings, entries, runs, done, notRun, last, ...(end ? { end } : {}), broken };
}

/** What a resumed suite has still to run: every entry without a run that ended with a verdict. */
export const missingEntriesOf = ({ entries, done }: SuiteHistory): JournalEntry[] =>
  entries.filter(({ key }) => {
    const end = done.get(key);
    return end === undefined || end.interrupted !== undefined;
  });

/** Runs that were begun but have no end in the journal: their process died. */
export const deadRuns = ({ runs, done }: SuiteHistory): string[] =>
  [...runs].flatMap(([key, begun]) => begun.slice(-1).filter(run => done.get(key)?.run !== run));

const suiteRecord = (value: unknown): SuiteRecord | undefined =>
  value !== null && typeof value === 'object' && 'entry' in value ? (value as SuiteRecord) : undefined;
