import type { Command, CommanderError } from 'commander';
import { suggestion } from '../text/issue.ts';
import { sanitise } from '../text/sanitise.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './globals.ts';

/**
 * What commander refuses of a command line, said as every other mistake is: what was expected, what was found, where to
 * look. Any other error of commander, such as the one by which it prints help, is given back as it is.
 */
export function usageError(error: CommanderError, command: Command): CommanderError | CommandFailure {
  const message = usageMessage(error, command);
  return message === undefined ? error : new CommandFailure(`${message}; see \`${pathOf(command)} --help\``);
}

function usageMessage(error: CommanderError, command: Command): string | undefined {
  const [quoted = ''] = /'[^']*'/.exec(error.message) ?? [];
  const named = quoted.slice(1, -1);
  switch (error.code) {
    case 'commander.unknownOption':
      // `mayday rvert --all`: the command is the mistake.
      if (command.parent === null && command.args[0]?.startsWith('-') === false) return excess(command);
      return `expected an option of ${pathOf(command)}, found ${named}${suggestion(named, optionsOf(command))}`;
    case 'commander.optionMissingArgument':
      return `expected a value after ${named}, found none`;
    case 'commander.missingArgument':
      return `expected ${usageOf(command)}, found no such argument`;
    case 'commander.invalidArgument':
      return invalid(error.message, named);
    case 'commander.excessArguments':
      return excess(command);
    default:
      return undefined;
  }
}

function invalid(message: string, option: string): string {
  const [, given = '', why = ''] = /argument '(.*)' is invalid\. (.*?)\.?$/s.exec(message) ?? [];
  const found = `found ${sanitise(given, 80)}`;
  const choices = /^Allowed choices are (.*)$/s.exec(why)?.[1];
  return choices === undefined ? `${option}: ${why}, ${found}` : `expected ${option} to be one of ${choices}, ${found}`;
}

/** Words after the last argument. Of the program itself, the first one was meant to be a command. */
function excess(command: Command): string {
  const taken = command.registeredArguments.length;
  const [first = '', ...rest] = command.args.slice(taken);
  if (command.parent === null) {
    const commands = command.commands.map(one => one.name());
    if (command.opts<GlobalOptions>().sandbox !== undefined && suggestion(first, commands) === '')
      return `expected a command, found ${first}; a scenario of the sandbox is given as --sandbox=${first}`;
    return `expected a command, found ${first}${suggestion(first, commands)}`;
  }
  return `expected ${usageOf(command)}, found ${[first, ...rest].join(' ')} after it`;
}

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;

/** The command with its arguments, as its help writes them. */
function usageOf(command: Command): string {
  const names = command.registeredArguments.map(argument => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [pathOf(command), ...names].join(' ');
}

function optionsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long }) => long ?? []);
  return command.parent === null ? [...own, '--help'] : [...own, ...optionsOf(command.parent)];
}
