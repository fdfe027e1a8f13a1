import { join } from 'node:path';
import type { Files } from '../host/files.ts';
import { type Journal, JournalUnwritable } from '../injection/write/journal.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { jsonText } from '../text/json.ts';
import { kept, type RunHeader } from './journal.ts';

/** Who mended what, where: the first line of the journal of a fix. */
export type FixHeader = Omit<RunHeader, 'experiment'> & { fix: string; finding: string; object: ObjectRef };

/** What came of a fix, as it is written down and told. */
export interface FixReceipt {
  finding: string;
  rule: string;
  fix: string;
  object: ObjectRef;
  /** `unknown`: no answer came, and it could not be read whether it was done. */
  outcome: 'done' | 'not done' | 'unknown';
  /** Whether the object was read after the writes and shows it. */
  verified: boolean;
  message: string;
  undo: string;
  /** Where the whole object was saved before. */
  saved?: string;
  ms: number;
}

const fixFolder = (stateDir: string, run: string): string => join(stateDir, 'fixes', run);

export interface FixRecord extends Journal {
  readonly path: string;
  receipt(receipt: FixReceipt): Promise<void>;
  close(): Promise<void>;
}

/** Begins `<stateDir>/fixes/<run>/journal.jsonl`. Rejects where it cannot be written: then nothing is changed. */
export async function openFixRecord(files: Files, stateDir: string, header: FixHeader): Promise<FixRecord> {
  const path = join(fixFolder(stateDir, header.run), 'journal.jsonl');
  try {
    const file = await files.openAppend(path);
    const add = (entry: unknown) => file.append(`${jsonText(entry)}\n`);
    await add({ entry: 'begin', ...header });
    return {
      path,
      append: record => add(kept(record)),
      // The fix has been done, even if the disk refuses its receipt.
      receipt: receipt => add({ entry: 'receipt', receipt }).catch(() => undefined),
      close: () => file.close().catch(() => undefined),
    };
  } catch (error) {
    throw new JournalUnwritable(error);
  }
}

/** Saves a whole object before it is deleted, to be made again from; returns where. Rejects where it cannot be kept. */
export async function saveObject(files: Files, stateDir: string, run: string, object: KubeObject): Promise<string> {
  const path = join(fixFolder(stateDir, run), `${object.kind.toLowerCase()}-${object.metadata.name}.json`);
  try {
    await files.write(path, `${jsonText(object, 2)}\n`);
    return path;
  } catch (error) {
    throw new JournalUnwritable(error);
  }
}
