import { join } from 'node:path';
import type { Files } from '../host/files.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { Journal } from '../injection/write/journal.ts';
import type { Receipt } from '../injection/write/receipt.ts';
import { receiptJson } from '../revert/report.ts';
import type { Choice } from '../revert/restore/choices.ts';
import type { RevertResult } from '../revert/revert-all.ts';
import type { Stop } from '../revert/stop/stop.ts';
import { jsonText } from '../text/json.ts';
import { messageOf } from '../text/message-of.ts';
import { type Entry, type RunHeader, storedForm } from './journal.ts';

/** The first line of a revert's journal: which findings, by whom, in which cluster. */
export type RevertHeader = Omit<RunHeader, 'experiment'> & {
  findings: Pick<FoundInjection, 'id' | 'type' | 'object' | 'tool'>[];
  force: boolean;
  stripMarks?: true;
  /** What a person chose for single findings, by id. */
  choices?: Readonly<Record<string, Choice>>;
};

/** One line of a revert's journal. `remaining` is null if nothing could be read. */
export type RevertEntry =
  | ({ entry: 'begin'; revert: true } & RevertHeader)
  | Extract<Entry, { entry: 'intent' | 'result' }>
  | { entry: 'receipt'; receipt: ReturnType<typeof receiptJson>; final: boolean }
  | { entry: 'stop'; stop: Stop }
  | { entry: 'end'; remaining: number | null; blind: number };

const revertFolder = (stateDir: string, id: string): string => join(stateDir, 'reverts', id);
export const revertJournalPath = (stateDir: string, id: string): string =>
  join(revertFolder(stateDir, id), 'journal.jsonl');

/** The record of a revert in progress. It does not wait for the disk, and never fails because of it: `close` returns the first disk error. */
export interface RevertRecord extends Journal {
  receipt(receipt: Receipt, final: boolean): void;
  /** Records the result of stopping an injector. */
  stopped(stop: Stop): void;
  end(result: Pick<RevertResult, 'remaining' | 'isAllBlind' | 'blind'>): void;
  /** Resolves when everything possible is on the disk; returns why something could not be written, else undefined. */
  close(): Promise<string | undefined>;
}

/**
 * Creates `<stateDir>/reverts/<id>/journal.jsonl`, one JSON object a line, append-only and synced. A disk error must not stop the
 * revert, so it is only returned at the end.
 */
export function openRevertRecord(files: Files, stateDir: string, header: RevertHeader): RevertRecord {
  let firstError: string | undefined;
  const noteError = (error: unknown) => {
    firstError ??= `receipts could not be kept: ${messageOf(error)}`;
  };
  const opened = files.openAppend(revertJournalPath(stateDir, header.run)).catch(noteError);
  const add = async (entry: RevertEntry): Promise<void> => {
    const file = await opened;
    await file?.append(`${jsonText(entry)}\n`).catch(noteError);
  };
  const all: Promise<void>[] = [];
  const note = (entry: RevertEntry): void => void all.push(add(entry));
  note({ entry: 'begin', revert: true, ...header });
  return {
    append: record => add(storedForm(record) as Extract<Entry, { entry: 'intent' | 'result' }>),
    stopped: stop => note({ entry: 'stop', stop }),
    receipt: (receipt, final) => note({ entry: 'receipt', receipt: receiptJson(receipt), final }),
    end: ({ remaining, isAllBlind, blind }) =>
      note({ entry: 'end', remaining: isAllBlind && remaining === 0 ? null : remaining, blind: blind.length }),
    async close() {
      await Promise.all(all);
      const file = await opened;
      await file?.close().catch(noteError);
      return firstError;
    },
  };
}
