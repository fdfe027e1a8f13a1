import { readDay } from '../gameday/journal/read-day.ts';
import { summaryOf } from '../gameday/summary.ts';
import { paths } from '../runtime/paths.ts';
import type { Invocation } from './command.ts';
import { EXIT, type ExitCode } from './failure.ts';
import { readJournal } from './gameday-journal.ts';
import { print } from './output.ts';

/** `mayday gameday report [FILE]`: what became of a day, a line for each scenario. */
export function reportCommand({ globals, args }: Invocation): ExitCode {
  const { path, text } = readJournal(args[1], paths(process.env).state);
  const day = readDay(text.split('\n'));
  print(day, globals, () => [...summaryOf(day), `the report to hand on: mayday report ${path} -o html --to day.html`]);
  return EXIT.done;
}
