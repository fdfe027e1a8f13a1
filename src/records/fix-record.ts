import { join } from 'node:path';
import type { Files } from '../host/files.ts';
import { type Journal, JournalUnwritable } from '../injection/write/journal.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { jsonText } from '../text/json.ts';
import { type RunHeader, storedForm } from './journal.ts';

/** The first line of a fix's journal: which fix, by whom, in which cluster. */
export type FixHeader = Omit<RunHeader, 'experiment'> & { fix: string; finding: string; object: ObjectRef };

/** The receipt of a fix. */
export interface FixReceipt {
  finding: string;
  rule: string;
  fix: string;
  object: ObjectRef;
  /** `unknown`: the answer was lost, and a read could not show whether the write was done. */
  outcome: 'done' | 'not done' | 'unknown';
  /** Whether the object was read after the writes and shows it. */
  verified: boolean;
  message: string;
  undo: string;
  /** The path at which the whole object was saved before. */
  saved?: string;
  ms: number;
}

const fixFolder = (stateDir: string, run: string): string => join(stateDir, 'fixes', run);

/** The journal of a fix in progress. */
export interface FixRecord extends Journal {
  readonly path: string;
  receipt(receipt: FixReceipt): Promise<void>;
  close(): Promise<void>;
}

/** Creates `<stateDir>/fixes/<run>/journal.jsonl`. Rejects if it cannot be written; then nothing may be changed. */
export async function openFixRecord(files: Files, stateDir: string, header: FixHeader): Promise<FixRecord> {
  const path = join(fixFolder(stateDir, header.run), 'journal.jsonl');
  try {
    const file = await files.openAppend(path);
    const add = (entry: unknown) => file.append(`${jsonText(entry)}\n`);
    await add({ entry: 'begin', ...header });
    return {
      path,
      append: record => add(storedForm(record)),
      // The fix is done even if its receipt cannot be written.
      receipt: receipt => add({ entry: 'receipt', receipt }).catch(() => undefined),
      close: () => file.close().catch(() => undefined),
    };
  } catch (error) {
    throw new JournalUnwritable(error);
  }
}

/** Saves a whole object before it is deleted, so that it can be created again; returns the path. Rejects if it cannot be written. */
export async function saveObject(files: Files, stateDir: string, run: string, object: KubeObject): Promise<string> {
  const path = join(fixFolder(stateDir, run), `${object.kind.toLowerCase()}-${object.metadata.name}.json`);
  try {
    await files.write(path, `${jsonText(object, 2)}\n`);
    return path;
  } catch (error) {
    throw new JournalUnwritable(error);
  }
}
