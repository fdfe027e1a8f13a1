import { parseDuration } from '../../text/duration.ts';
import { CommandFailure, EXIT } from '../failure.ts';

/** The arguments and options of `mayday triage`. */
export interface TriageChoice {
  /** `TYPE/NAME`. */
  object?: string;
  /** Only findings that began within the last this many milliseconds. */
  withinMs?: number;
  /** A bundle to read instead of a cluster. */
  from?: string;
  /** The file to save a bundle to. */
  save?: string;
  replace: boolean;
  watch: boolean;
}

/** Reads the argument and the options of `mayday triage`, or fails with what was expected. */
export function triageChoice(args: readonly unknown[], options: Record<string, unknown>): TriageChoice {
  const choice: TriageChoice = { replace: options.force === true, watch: options.watch === true };
  if (typeof args[0] === 'string') choice.object = args[0];
  if (typeof options.from === 'string') choice.from = options.from;
  if (typeof options.save === 'string') choice.save = options.save;
  if (typeof options.since === 'string') choice.withinMs = within(options.since);
  if (choice.from !== undefined && choice.watch)
    throw new CommandFailure(
      'expected --watch or --from, found both: a file does not change; leave one out',
      EXIT.usage,
    );
  if (choice.save !== undefined && (choice.watch || choice.from !== undefined))
    throw new CommandFailure('expected --save with one look at a cluster, found --watch or --from as well', EXIT.usage);
  return choice;
}

function within(words: string): number {
  const milliseconds = parseDuration(words);
  if (milliseconds === undefined || milliseconds <= 0)
    throw new CommandFailure(`expected a duration after --since, such as 30m, found ${words}`, EXIT.usage);
  return milliseconds;
}
