import { Command, CommanderError } from 'commander';
import { UntrustedFileError } from '../host/files.ts';
import { keepCode } from '../host/keep-code.ts';
import { VERSION } from '../host/version.ts';
import { JournalUnwritable } from '../injection/write/journal.ts';
import type { CommandSpec } from './command.ts';
import { COMMANDS } from './commands.ts';
import { CommandFailure, EXIT, type ExitCode } from './failure.ts';
import { addGlobalOptions, type GlobalOptions, isFleet, settleOptionalValues } from './globals.ts';
import { refuseForm } from './output/forms.ts';
import { printNotice } from './output/notice.ts';
import { watchOutput } from './output/watch.ts';
import { withShipped } from './shipped.ts';
import { usageError } from './usage-error.ts';

/**
 * Runs one command line. Every error becomes one line on stderr and an exit code, never a stack trace. It ends only when
 * everything it printed has been read or its reader has gone.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const output = watchOutput(process.stdout, process.stderr, hangUp);
  let code: ExitCode = EXIT.done;
  const program = buildProgram(result => {
    code = result;
  });
  try {
    await program.parseAsync(settleOptionalValues(argv), { from: 'user' });
  } catch (error) {
    code = end(error);
  }
  // The work is over, so a signal may end the process while it waits for a slow reader.
  for (const name of SIGNALS) process.removeAllListeners(name).on(name, () => process.exit(code));
  await output.drained();
  const lost = output.lost();
  // A reader that closes the pipe early (`mayday list | head -1`) is not a failure.
  if (lost !== undefined && lost.code !== 'EPIPE') {
    const finished = code === EXIT.done ? '; the command did its work and would have ended 0' : '';
    printNotice(
      `expected to write to standard output, found: ${lost.message}; part of the output is missing${finished}`,
    );
    // A missing line may be the receipt that somebody needs, so it is no success. Other exit codes say more.
    if (code === EXIT.done) code = EXIT.internal;
    await output.drained();
  }
  process.exit(code);
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A command that lasts longer than this keeps its code in memory, so that an update of mayday meanwhile does not matter. */
const KEEP_CODE_AFTER_MS = 1_000;

/** Called when the terminal is gone: commands that listen for SIGHUP clean up, all others end. */
function hangUp(): void {
  if (!process.emit('SIGHUP', 'SIGHUP')) process.exit(EXIT.done);
}

/** Receives the exit code of the command that ran. */
type Finish = (code: ExitCode) => void;

/** The whole command tree; `finish` receives the exit code of the command that ran. */
function buildProgram(finish: Finish): Command {
  const program = addGlobalOptions(new Command('mayday'))
    .description(
      'Find every chaos injection in a cluster and put the original back, verified; say what is broken; run game-days.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpText(
      'after',
      `
Without a command: the console, or one status snapshot where there is no terminal.
A fault is stuck:  mayday revert --all
To try it all:     mayday tour                needs no cluster`,
    )
    .showHelpAfterError(false)
    .exitOverride(error => refuse(error, program))
    .configureOutput({ writeErr: () => {} })
    .allowExcessArguments(false);
  program.hook('preAction', (_, command) => {
    for (const each of [program, command]) refuseEmpty(each);
  });
  program
    .option('--gameday <file>', 'the console leads this game-day: a plan, or the journal of one that began')
    .option('--person <name>', 'game-day: as whom of the people in the plan (its owner)');
  program.action(async () => {
    refuseForm('the console', program.opts<GlobalOptions>().output);
    if (isFleet(program.opts<GlobalOptions>()))
      throw new CommandFailure(
        'expected a command for several clusters: status, triage, scan, revert or latch; the console has a screen for them, 9',
      );
    const globals = program.opts<GlobalOptions & { gameday?: string }>();
    const day = globals.gameday === undefined ? {} : { gameday: withShipped(globals.gameday) as string };
    finish(await (await import('./console/console.ts')).consoleCommand({ ...globals, ...day }));
  });
  for (const spec of COMMANDS) addCommand(program, spec, finish);
  return program;
}

/** Options whose value is only a text for people, so it may be empty. */
const MAY_BE_EMPTY = new Set(['why']);

/** Refuses empty option values. They come from unset variables of a script, and could widen the effect: `-n ""` would mean all namespaces. */
function refuseEmpty(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const isEmpty = [command.getOptionValue(name)]
      .flat()
      .some(value => typeof value === 'string' && value.trim() === '');
    if (!isEmpty || MAY_BE_EMPTY.has(name)) continue;
    throw new CommandFailure(
      `expected a value after ${option.long}, found an empty one: give a value, or leave the option out; nothing was done`,
    );
  }
}

function addCommand(program: Command, spec: CommandSpec, finish: Finish): void {
  const command = program
    .command(spec.usage, { hidden: spec.hidden === true })
    .description(spec.description)
    .exitOverride(error => refuse(error, command))
    .configureOutput({ writeErr: () => {} });
  for (const [flags, text] of spec.options ?? []) command.option(flags, text);
  command.action(async () => {
    refuseForm(command.name(), program.opts<GlobalOptions>().output, spec.forms);
    const invocation = {
      globals: program.opts<GlobalOptions>(),
      args: spec.readsExperiments?.(command.processedArgs)
        ? command.processedArgs.map(withShipped)
        : command.processedArgs,
      options: command.opts(),
      program,
      specs: COMMANDS,
    };
    setTimeout(() => void keepCode(), KEEP_CODE_AFTER_MS).unref();
    const run = await spec.load();
    const isMany = isFleet(invocation.globals);
    finish(await (isMany ? (await import('./fleet/fleet.ts')).fleetCommand(spec, run, invocation) : run(invocation)));
  });
}

function refuse(error: CommanderError, command: Command): never {
  throw usageError(error, command);
}

function end(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    printNotice(`${error.message.replace(/^error: /, '').replace(/\.?\s*$/, '')}; see \`mayday --help\``);
    return EXIT.usage;
  }
  if (error instanceof CommandFailure) {
    printNotice(error.message);
    return error.exitCode;
  }
  if (error instanceof JournalUnwritable) {
    const advice = error.cause instanceof UntrustedFileError ? '' : ': free the disk, or set XDG_STATE_HOME';
    printNotice(`${error.message}; nothing was changed, since without a journal nobody could revert it${advice}`);
    return EXIT.inconclusive;
  }
  if (isOfTheSystem(error)) {
    printNotice(`expected the system to carry on, found: ${error.message}; mayday could not go on`);
    return EXIT.internal;
  }
  const reason =
    error instanceof Error
      ? process.env.MAYDAY_DEBUG
        ? (error.stack ?? error.message)
        : error.message
      : String(error);
  printNotice(`internal error: ${reason}; this is a fault of mayday itself, MAYDAY_DEBUG=1 shows where`);
  return EXIT.internal;
}

/** Whether the operating system caused the error (a full disk, too many open files, no memory), so it is not an error of mayday. */
const isOfTheSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
