import { join, resolve } from 'node:path';
import type { FaultType } from '../faults/types.ts';
import type { Files } from '../host/files.ts';
import type { RunHeader } from '../records/journal.ts';
import { jsonText, parsedJson } from '../text/json.ts';
import type { EntryEnd } from './event.ts';
import type { SuiteEntry } from './order.ts';

/** One run that a suite owes, as its journal names it. */
export interface JournalEntry {
  key: string;
  /** As it was given, and from the root of the file system. */
  path: string;
  file: string;
  sha256: string;
  experiment: string;
  type: FaultType;
  operator: string;
  tier: number;
  round: number;
}

/** The entries as a journal and a table name them. */
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

/** How a suite was asked for; a resumed one goes on in the same way. Milliseconds. */
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

/** Who runs the suite, where: the process of the begin, or of a resumption. */
export type SuiteHeader = Omit<RunHeader, 'run' | 'experiment'> & { suite: string };

/** One line of a suite's journal. Times in milliseconds since the epoch, server time. */
export type SuiteRecord =
  | ({ entry: 'begin'; v: 1; entries: JournalEntry[]; settings: SuiteSettings } & SuiteHeader)
  | ({ entry: 'resume' } & SuiteHeader)
  /** The run's id is known before its first write is sent. */
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

/** Opens a new suite's journal, or with `again` one whose last line a crash may have torn. */
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

/** A suite as its journal tells it. */
export interface SuiteHistory {
  suite: string;
  header: SuiteHeader;
  settings: SuiteSettings;
  entries: JournalEntry[];
  /** Runs that were begun, by key, in their order; the last is the one that counts. */
  runs: ReadonlyMap<string, readonly string[]>;
  /** How each ended that did. */
  done: ReadonlyMap<string, EntryEnd>;
  /** Why each was passed over that was. */
  notRun: ReadonlyMap<string, string>;
  /** The last process that worked on it. */
  last: SuiteHeader;
  /** When it ended in good order last. */
  end?: { at: number; exitCode: number; says: string };
  /** Numbers of the lines that are no records, counted from 1. */
  broken: number[];
}

/** Reads a suite's journal; undefined where it does not begin as one. */
export function readSuite(text: string): SuiteHistory | undefined {
  const { records, broken } = recordsOf(text);
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

/** What a resumed suite still owes: whatever has no verdict of a run that went to its end. */
export const missing = ({ entries, done }: SuiteHistory): JournalEntry[] =>
  entries.filter(({ key }) => {
    const end = done.get(key);
    return end === undefined || end.interrupted !== undefined;
  });

/** Runs that were begun and whose end the journal does not know: their process died. */
export const diedRuns = ({ runs, done }: SuiteHistory): string[] =>
  [...runs].flatMap(([key, begun]) => begun.slice(-1).filter(run => done.get(key)?.run !== run));

function recordsOf(text: string): { records: SuiteRecord[]; broken: number[] } {
  const records: SuiteRecord[] = [];
  const broken: number[] = [];
  const lines = text.split('\n');
  const last = lines.findLastIndex(line => line.trim() !== '');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const record = parsed(line);
    if (record !== undefined) records.push(record);
    // The last line may be one that a crash tore.
    else if (index !== last) broken.push(index + 1);
  }
  return { records, broken };
}

function parsed(line: string): SuiteRecord | undefined {
  const value = parsedJson(line);
  return value !== null && typeof value === 'object' && 'entry' in value ? (value as SuiteRecord) : undefined;
}
