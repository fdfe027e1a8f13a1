import { join } from 'node:path';
import type { FaultType } from '../faults/types.ts';
import type { AppendFile, Files } from '../host/files.ts';
import type { JournalRecord } from '../injection/write/journal.ts';
import type { Receipt } from '../injection/write/receipt.ts';
import type { Write } from '../injection/write/write.ts';
import type { ObjectRef } from '../k8s/object.ts';
import type { RunJournal } from '../run/deps.ts';
import type { RunEvent } from '../run/event.ts';
import { jsonText, recordsOf } from '../text/json.ts';

/** The first line of every journal: which experiment, by whom, in which cluster. */
export interface RunHeader {
  run: string;
  /** Milliseconds since the epoch, this machine's clock. */
  startedAt: number;
  pid: number;
  /** Distinguishes this process from a later one with the same pid; absent where the system does not say. */
  processStart?: string;
  host: string;
  version: string;
  context: string;
  server: string;
  user: string;
  /** uid of the namespace kube-system: the cluster's identity. */
  clusterUid: string;
  experiment: { name: string; path: string; sha256: string; type: FaultType };
}

/** A write as it is stored on disk, without the body, which may hold secrets. The undo record is in the cluster. */
interface StoredWrite {
  verb: Write['verb'];
  on: ObjectRef;
  says: string;
}

/** The guardian process that reverts the fault if the run's process dies, and when. */
export interface GuardFacts {
  pid: number;
  processStart?: string;
  /** Milliseconds since the epoch, server time. */
  dueAt: number;
  log: string;
}

/** One line of a journal. */
export type Entry =
  | ({ entry: 'begin' } & RunHeader)
  | {
      entry: 'intent';
      at: number;
      id: string;
      purpose: JournalRecord['purpose'];
      step: number;
      of: number;
      write: StoredWrite;
    }
  | {
      entry: 'result';
      at: number;
      id: string;
      purpose: JournalRecord['purpose'];
      step: number;
      outcome: string;
      on: ObjectRef;
      message: string;
    }
  | { entry: 'receipt'; receipt: Receipt }
  | { entry: 'event'; event: RunEvent }
  | ({ entry: 'guard' } & GuardFacts)
  /** `by`: who finished the run in place of the process that began it. */
  | { entry: 'end'; verdict: string; residue: number; by?: 'guardian'; at?: number };

export const runsFolder = (stateDir: string): string => join(stateDir, 'runs');
export const runFolder = (stateDir: string, run: string): string => join(runsFolder(stateDir), run);
export const journalPath = (stateDir: string, run: string): string => join(runFolder(stateDir, run), 'journal.jsonl');

/** A record in its stored form, without bodies. */
export function storedForm(record: JournalRecord): Entry {
  const { at, id, purpose, step } = record;
  if (record.record === 'result') {
    return { entry: 'result', at, id, purpose, step, outcome: record.outcome, on: record.on, message: record.message };
  }
  const { verb, on, says } = record.write;
  return { entry: 'intent', at, id, purpose, step, of: record.of, write: { verb, on, says } };
}

/** A journal that is open for writing. */
export interface OpenJournal extends RunJournal {
  guarded(facts: GuardFacts): Promise<void>;
  /** Records the end of the run by a guardian; `at` in milliseconds since the epoch, server time. */
  endByGuardian(end: { at: number; residue: number }): Promise<void>;
  close(): Promise<void>;
}

/**
 * Begins a run's journal: `<stateDir>/runs/<run>/journal.jsonl`, one JSON object a line, each on the disk before its promise resolves.
 * If the disk refuses an entry, the write that waits for it is never sent.
 */
export async function openJournal(files: Files, stateDir: string, header: RunHeader): Promise<OpenJournal> {
  const file = await files.openAppend(journalPath(stateDir, header.run));
  const journal = journalOn(file);
  await file.append(lineOf({ entry: 'begin', ...header }));
  return journal;
}

/** Opens the journal of a run that another process began, to finish it. */
export async function reopenJournal(files: Files, stateDir: string, run: string): Promise<OpenJournal> {
  const file = await files.openAppend(journalPath(stateDir, run));
  let isFirst = true;
  return journalOn({
    append(text) {
      // The last line of the crashed process may be incomplete; a newline separates ours from it.
      const whole = isFirst ? `\n${text}` : text;
      isFirst = false;
      return file.append(whole);
    },
    close: () => file.close(),
  });
}

/** Ends the journal of a run whose process died, after its writes are known to be out of the cluster. */
export async function endJournal(files: Files, stateDir: string, run: string): Promise<void> {
  const journal = await reopenJournal(files, stateDir, run);
  await journal.end({ verdict: 'Inconclusive', residue: 0 });
  await journal.close();
}

const lineOf = (entry: Entry): string => `${jsonText(entry)}\n`;

function journalOn(file: AppendFile): OpenJournal {
  const add = (entry: Entry) => file.append(lineOf(entry));
  return {
    append: record => add(storedForm(record)),
    event: event => add({ entry: 'event', event }),
    guarded: facts => add({ entry: 'guard', ...facts }),
    endByGuardian: end => add({ entry: 'end', verdict: 'Inconclusive', by: 'guardian', ...end }),
    reverted: receipt => add({ entry: 'receipt', receipt }),
    end: ({ verdict, residue }) => add({ entry: 'end', verdict, residue }),
    close: () => file.close(),
  };
}

/**
 * The entries of a journal. An incomplete last line (from a crash) is left out; a broken line before it is reported
 * with its number, and the rest is still read.
 */
export function readEntries(text: string): { entries: Entry[]; broken: number[] } {
  const { records, broken } = recordsOf(text.split('\n'), entryOf);
  return { entries: records, broken };
}

const entryOf = (value: unknown): Entry | undefined =>
  value !== null && typeof value === 'object' && 'entry' in value ? (value as Entry) : undefined;
