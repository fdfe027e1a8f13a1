import type { ObjectRef } from '../../k8s/object.ts';
import { messageOf } from '../../text/message-of.ts';
import type { Write } from './write.ts';

export type Purpose = 'inject' | 'revert' | 'undo' | 'fix';

/** The outcome of one write. `gone`: there was nothing left to delete. `unknown`: no answer, and reading back failed too. */
export type StepOutcome = 'applied' | 'gone' | 'conflict' | 'failed' | 'unknown';

/** Written to the journal before and after every write, so that a new process can finish what a crashed one began. */
export type JournalRecord = {
  /** Milliseconds since the epoch, this machine's clock. */
  at: number;
  /** The injection's id, as in its undo record. */
  id: string;
  purpose: Purpose;
  /** Counted from 0. */
  step: number;
  of: number;
} & ({ record: 'intent'; write: Write } | { record: 'result'; outcome: StepOutcome; on: ObjectRef; message: string });

/** Thrown when the journal entry cannot be written to the disk. Nothing is injected without a journal entry. */
export class JournalUnwritable extends Error {
  constructor(error: unknown) {
    super(`the journal cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

/** `append` resolves when the record would survive a crash of this machine. */
export interface Journal {
  append(record: JournalRecord): Promise<void>;
}
