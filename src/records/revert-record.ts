import { join } from 'node:path';
import type { Files } from '../host/files.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { Journal } from '../injection/write/journal.ts';
import type { Receipt } from '../injection/write/receipt.ts';
import { receiptJson } from '../revert/report.ts';
import type { RevertResult } from '../revert/revert-all.ts';
import type { Stop } from '../revert/stop.ts';
import { jsonText } from '../text/json.ts';
import { messageOf } from '../text/message-of.ts';
import { type Entry, kept, type RunHeader } from './journal.ts';

/** Who reverted what, where: the first line of a revert's journal. */
export type RevertHeader = Omit<RunHeader, 'experiment'> & {
  findings: Pick<FoundInjection, 'id' | 'type' | 'object' | 'tool'>[];
  force: boolean;
  stripMarks?: true;
};

/** One line of a revert's journal. `remaining` is null where nothing could be seen. */
export type RevertEntry =
  | ({ entry: 'begin'; revert: true } & RevertHeader)
  | Extract<Entry, { entry: 'intent' | 'result' }>
  | { entry: 'receipt'; receipt: ReturnType<typeof receiptJson>; final: boolean }
  | { entry: 'stop'; stop: Stop }
  | { entry: 'end'; remaining: number | null; blind: number };

const revertFolder = (stateDir: string, id: string): string => join(stateDir, 'reverts', id);
export const revertJournalPath = (stateDir: string, id: string): string =>
  join(revertFolder(stateDir, id), 'journal.jsonl');

/** What a revert writes down as it goes. It never waits for the disk, and never fails for it: see `complaint`. */
export interface RevertRecord extends Journal {
  receipt(receipt: Receipt, final: boolean): void;
  /** What became of something that injects. */
  stopped(stop: Stop): void;
  end(result: Pick<RevertResult, 'remaining' | 'isUnseen' | 'blind'>): void;
  /** Resolves when everything that could be written is on the disk; why something could not, undefined when all is. */
  close(): Promise<string | undefined>;
}

/**
 * Begins `<stateDir>/reverts/<id>/journal.jsonl`, one JSON object a line, append-only and synced. What stands in the way of writing it
 * down must not stand in the way of putting it back: without a disk the revert goes on and says so in the end.
 */
export function openRevertRecord(files: Files, stateDir: string, header: RevertHeader): RevertRecord {
  let complaint: string | undefined;
  const complain = (error: unknown) => {
    complaint ??= `receipts could not be kept: ${messageOf(error)}`;
  };
  const opened = files.openAppend(revertJournalPath(stateDir, header.run)).catch(complain);
  const add = async (entry: RevertEntry): Promise<void> => {
    const file = await opened;
    await file?.append(`${jsonText(entry)}\n`).catch(complain);
  };
  const all: Promise<void>[] = [];
  const note = (entry: RevertEntry): void => void all.push(add(entry));
  note({ entry: 'begin', revert: true, ...header });
  return {
    append: record => add(kept(record) as Extract<Entry, { entry: 'intent' | 'result' }>),
    stopped: stop => note({ entry: 'stop', stop }),
    receipt: (receipt, final) => note({ entry: 'receipt', receipt: receiptJson(receipt), final }),
    end: ({ remaining, isUnseen, blind }) =>
      note({ entry: 'end', remaining: isUnseen && remaining === 0 ? null : remaining, blind: blind.length }),
    async close() {
      await Promise.all(all);
      const file = await opened;
      await file?.close().catch(complain);
      return complaint;
    },
  };
}
