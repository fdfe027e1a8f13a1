import { dirname } from 'node:path';
import { openDayJournal } from '../../gameday/journal/day-journal.ts';
import { readPlan } from '../../gameday/plan/read-plan.ts';
import { systemClock } from '../../host/clock.ts';
import { filesUnder } from '../../host/files.ts';
import { makeRunId } from '../../records/run-id.ts';
import { paths } from '../../runtime/paths.ts';
import type { Invocation } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { linePrinter } from '../output/output.ts';
import { readJournal } from './journal.ts';
import { personOf, planFailure } from './plan.ts';

/** `mayday gameday note [FILE] --text …` or `--seen`: adds to the journal of a day that another process leads. Needs no cluster. */
export async function addNote({ globals, args, options }: Invocation): Promise<ExitCode> {
  const at = Date.now();
  const { text, seen: isSeen } = options;
  if (typeof text !== 'string' && isSeen !== true)
    throw new CommandFailure('expected --text with the words of the note, or --seen, found neither');
  const { path, begin } = readJournal(args[1], paths(process.env).state);
  const reading = readPlan(begin.files[0]?.text ?? '', begin.files[0]?.path ?? path);
  if (!reading.ok) throw planFailure(path, reading.issues);
  const by = personOf(reading.plan, globals.person);
  const session = makeRunId(at, Math.random);
  const journal = await openDayJournal(filesUnder(dirname(path)), path, () => systemClock.now(), {
    isNew: false,
    session,
  });
  const tag = typeof options.tag === 'string' ? { tag: options.tag } : {};
  if (isSeen === true) await journal.add({ kind: 'seen', by }, at);
  if (typeof text === 'string') await journal.add({ kind: 'note', text, by, ...tag }, at);
  await journal.close();
  linePrinter(globals)(`${isSeen === true ? 'noted that you see it,' : 'noted'} as ${by.name} (${by.role})`);
  return EXIT.done;
}
