import type { Command } from 'commander';
import type { ExitCode } from './failure.ts';
import type { GlobalOptions, OtherForm } from './globals.ts';

/** What a command's code receives: the global options, its arguments in order, its own options, and the command tree. */
export interface Invocation {
  globals: GlobalOptions;
  args: readonly unknown[];
  options: Record<string, unknown>;
  program?: Command;
}

export type CommandBody = (invocation: Invocation) => Promise<ExitCode>;

/** One row of the command table. The body is loaded only when the command runs, so that nothing delays the first frame. */
export interface CommandSpec {
  usage: string;
  description: string;
  options?: readonly (readonly [flags: string, text: string])[];
  /** What it does counts, not what it prints: it succeeds even where its words cannot be written. */
  acts?: true;
  /** Forms of output that it writes beside those that every command does. */
  forms?: readonly OtherForm[];
  /** It can be asked of many clusters at once. `writes`: a protected one must be confirmed by its name. */
  fleet?: { writes?: (args: readonly unknown[]) => boolean };
  load: () => Promise<CommandBody>;
}
