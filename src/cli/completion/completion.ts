import type { CommandBody } from '../command.ts';
import { CommandFailure, EXIT } from '../failure.ts';
import { printUnchanged } from '../output/output.ts';
import { SCRIPTS } from './scripts.ts';

/** `mayday completion SHELL`: prints the script; nothing is installed. */
export const completionCommand: CommandBody = async ({ args }) => {
  const shell = String(args[0]);
  const script = SCRIPTS[shell];
  if (!script) throw new CommandFailure(`expected one of ${Object.keys(SCRIPTS).join(', ')}, found ${shell}`);
  printUnchanged(script);
  return EXIT.done;
};
