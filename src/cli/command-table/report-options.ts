import type { CommandSpec } from '../command.ts';

/** Options of every command that writes a report. */
export const REPORT_OPTIONS: NonNullable<CommandSpec['options']> = [
  ['--compare <what>', 'say what became worse since another report; `last` is the previous one of the same kind'],
  ['--to <path>', 'write it to this file; for -o operator-chaos, into this folder'],
  ['--force', 'replace the file of --to if it exists'],
  ['--owner <name>', 'the owner of findings that name none'],
  ['--due <date>', 'the due date of findings that name none, such as 2026-12-01'],
  ['--retest <date>', 'the date of the retest for findings that name none'],
];
/** The forms of output of these commands. */
export const REPORT_FORMS = ['md', 'html', 'junit', 'csv', 'operator-chaos'] as const;
