import { paths } from '../../runtime/paths.ts';
import type { Invocation } from '../command.ts';
import type { ExitCode } from '../failure.ts';
import { writeReport } from '../report.ts';
import { newestJournal } from './journal.ts';

/** `mayday gameday report [FILE…]`: the report of a day; without FILE, of the newest one on this machine. Several files are journals of the same day. */
export function reportCommand(invocation: Invocation): Promise<ExitCode> {
  const files = invocation.args.slice(1) as string[];
  return writeReport(files.length > 0 ? files : [newestJournal(paths(process.env).state)], invocation);
}
