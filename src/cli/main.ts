import { Command, CommanderError } from 'commander';
import { VERSION } from '../runtime/version.ts';
import type { CommandSpec } from './command.ts';
import { COMMANDS } from './commands.ts';
import { CommandFailure, EXIT, type ExitCode } from './failure.ts';
import { addGlobalOptions, type GlobalOptions, settleOptionalValues } from './globals.ts';

/** Runs one command line. Everything that ends a command unasked becomes one line on stderr and an exit code; never a stack. */
export async function main(argv: readonly string[]): Promise<void> {
  endQuietlyWhenNobodyReads();
  let code: ExitCode = EXIT.done;
  const program = buildProgram(result => {
    code = result;
  });
  try {
    await program.parseAsync(settleOptionalValues(argv), { from: 'user' });
  } catch (error) {
    code = tell(error);
  }
  process.exit(code);
}

/** The whole command tree; `finish` receives the exit code of the command that ran. */
export function buildProgram(finish: (code: ExitCode) => void): Command {
  const program = addGlobalOptions(new Command('mayday'))
    .description(
      'Find every chaos injection in a cluster and put the original back, verified; say what is broken; run game-days.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .allowExcessArguments(false);
  program.action(async () =>
    finish(await (await import('./console.ts')).consoleCommand(program.opts<GlobalOptions>())),
  );
  for (const spec of COMMANDS) addCommand(program, spec, finish);
  return program;
}

function addCommand(program: Command, spec: CommandSpec, finish: (code: ExitCode) => void): void {
  const command = program
    .command(spec.usage)
    .description(spec.description)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const [flags, text] of spec.options ?? []) command.option(flags, text);
  command.action(async () => {
    const run = await spec.load();
    finish(
      await run({
        globals: program.opts<GlobalOptions>(),
        args: command.processedArgs,
        options: command.opts(),
        program,
      }),
    );
  });
}

function tell(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    if (error.code === 'commander.excessArguments') {
      complain(
        `expected a command or nothing more, ${error.message.replace(/^.*?got \d+: (.*?)\.?$/, 'found $1')}; see \`mayday --help\``,
      );
      return EXIT.usage;
    }
    complain(`${error.message.replace(/^error: /, '').replace(/\.?\s*$/, '')}; see \`mayday --help\``);
    return EXIT.usage;
  }
  if (error instanceof CommandFailure) {
    complain(error.message);
    return error.exitCode;
  }
  const reason =
    error instanceof Error
      ? process.env.MAYDAY_DEBUG
        ? (error.stack ?? error.message)
        : error.message
      : String(error);
  complain(`internal error: ${reason}; this is a fault of mayday itself, MAYDAY_DEBUG=1 shows where`);
  return EXIT.internal;
}

const complain = (line: string): void => void process.stderr.write(`mayday: ${line}\n`);

/** A closed pipe (`mayday list | head -1`) is a hang-up: whoever must clean up hears it, everyone else just ends. */
function endQuietlyWhenNobodyReads(): void {
  // What cannot be told on stderr is no reason to leave a fault in.
  process.stderr.on('error', () => {});
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    if (!process.emit('SIGHUP', 'SIGHUP')) process.exit(EXIT.done);
  });
}
