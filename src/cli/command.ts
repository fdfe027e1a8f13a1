import type { Command } from 'commander';
import type { ExitCode } from './failure.ts';
import type { GlobalOptions, OtherForm } from './globals.ts';

/** What a command's code receives: the global options, its arguments in order, its own options, and the command tree. */
export interface Invocation {
  globals: GlobalOptions;
  args: readonly unknown[];
  options: Record<string, unknown>;
  program?: Command;
  /** The table of all commands. */
  specs?: readonly CommandSpec[];
}

export type CommandBody = (invocation: Invocation) => Promise<ExitCode>;

/** One row of the command table. The body is loaded only when the command runs, so that it does not delay the first frame of the console. */
export interface CommandSpec {
  usage: string;
  description: string;
  options?: readonly (readonly [flags: string, text: string])[];
  /** Output forms that it supports besides the common ones. */
  forms?: readonly OtherForm[];
  /** It can run on many clusters at once. `writes`: it changes them, so a protected one must be confirmed by name. */
  fleet?: { writes?: (args: readonly unknown[]) => boolean };
  /** For programs, not for people: no help shows it. */
  hidden?: true;
  /** Its arguments are paths of experiments or plans that it reads; those that come with the program are found from any folder. */
  readsExperiments?: (args: readonly unknown[]) => boolean;
  load: () => Promise<CommandBody>;
}
