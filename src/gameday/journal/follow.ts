import type { Clock } from '../../host/clock.ts';
import type { Files } from '../../host/files.ts';
import { entriesOf } from './read-day.ts';
import type { DayEntry } from './record.ts';

const EVERY_MS = 500;

/**
 * Reports what others write into the journal of a day: records of other sessions, each once, in the order of the file. `from` is how many
 * characters are known already. Ends when the signal aborts; a file that cannot be read is tried again.
 */
export async function followJournal(
  { files, clock }: { files: Pick<Files, 'read'>; clock: Clock },
  { path, session, from }: { path: string; session: string; from: number },
  onEntry: (entry: DayEntry) => void,
  signal: AbortSignal,
): Promise<void> {
  let known = from;
  while (!signal.aborted) {
    await clock.sleep(EVERY_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    const text = await files.read(path).catch(() => undefined);
    if (text === undefined || text.length <= known) continue;
    // A last line without its newline is still being written.
    const end = text.lastIndexOf('\n') + 1;
    if (end <= known) continue;
    const { entries } = entriesOf(text.slice(known, end).split('\n'));
    known = end;
    for (const entry of entries) if (entry.session !== session) onEntry(entry);
  }
}
