import type { Command, Option } from 'commander';
import type { CommandSpec } from '../command.ts';
import { isOtherForm } from '../globals.ts';

/** A word that may stand at the cursor, and what it means. */
export interface Candidate {
  value: string;
  says?: string;
}

/** The kind of word that may stand at the cursor. */
export type Meaning =
  | { is: 'words'; words: readonly string[] }
  | { is: 'named'; name: ValueName }
  | { is: 'files' }
  | { is: 'folders' }
  | { is: 'unknown' };

/** Values that are looked up only when they are asked for. */
export type ValueName = 'contexts' | 'scenarios' | 'rules' | 'types' | 'records';

export interface Completion {
  /** The part of the word before the part that candidates replace: `--sandbox=`, or empty. */
  prefix: string;
  options: readonly Candidate[];
  meaning: Meaning;
}

const NOTHING: Meaning = { is: 'unknown' };

/** Options and commands whose values are looked up. */
const NAMED: Readonly<Record<string, ValueName>> = {
  '--context': 'contexts',
  '--contexts': 'contexts',
  '--confirm': 'contexts',
  '--sandbox': 'scenarios',
  '--type': 'types',
  sandbox: 'scenarios',
  explain: 'rules',
  report: 'records',
};

/**
 * What may stand at the cursor. `words` are those after the program's name, up to the cursor; the last one is being typed, and may be empty. `specs` is the
 * table of all commands.
 */
export function completionOf(program: Command, words: readonly string[], specs: readonly CommandSpec[]): Completion {
  const word = words.at(-1) ?? '';
  const { command, operands, open } = parsed(program, words.slice(0, -1));
  const [flag = '', given] = word.split('=', 2);
  const plain = { prefix: '', options: [] };
  if (open !== undefined) return { ...plain, meaning: meaningOfValue(open, command, specs) };
  if (word.startsWith('-') && given !== undefined) {
    const option = optionNamed(command, flag);
    return {
      prefix: `${flag}=`,
      options: [],
      meaning: option === undefined ? NOTHING : meaningOfValue(option, command, specs),
    };
  }
  if (word.startsWith('-')) return { ...plain, options: optionsOf(command), meaning: NOTHING };
  if (command.parent === null) return { ...plain, options: commandsOf(program), meaning: NOTHING };
  return { ...plain, meaning: argumentOf(command, operands) };
}

interface Parsed {
  command: Command;
  /** How many arguments the command has before the cursor. */
  operands: number;
  /** The option whose value is at the cursor. */
  open: Option | undefined;
}

function parsed(program: Command, before: readonly string[]): Parsed {
  let command = program;
  let operands = 0;
  let open: Option | undefined;
  for (const word of before) {
    if (open !== undefined) open = undefined;
    else if (word.startsWith('-')) {
      const option = optionNamed(command, word);
      open = option?.required ? option : undefined;
    } else if (command.parent === null) command = command.commands.find(one => one.name() === word) ?? command;
    else operands += 1;
  }
  return { command, operands, open };
}

const withParents = (command: Command): Command[] =>
  command.parent === null ? [command] : [command, ...withParents(command.parent)];

const optionNamed = (command: Command, flag: string): Option | undefined =>
  withParents(command)
    .flatMap(({ options }) => options)
    .find(({ short, long }) => flag === short || flag === long);

function optionsOf(command: Command): Candidate[] {
  const options = withParents(command).flatMap(one => one.options);
  const ownOptions = options.flatMap(({ long, description }) => (long ? [{ value: long, says: description }] : []));
  return [...ownOptions, { value: '--help', says: 'print help' }];
}

const commandsOf = (program: Command): Candidate[] =>
  program
    .createHelp()
    .visibleCommands(program)
    .map(one => ({ value: one.name(), says: one.description() }));

function meaningOfValue(option: Option, command: Command, specs: readonly CommandSpec[]): Meaning {
  if (option.argChoices !== undefined)
    return { is: 'words', words: option.argChoices.filter(word => isWritten(command, word, specs)) };
  const named = option.long == null ? undefined : NAMED[option.long];
  if (named !== undefined) return { is: 'named', name: named };
  return byPlaceholder(/<([^>.]+)/.exec(option.flags)?.[1] ?? '');
}

/** Whether a command may be given this value: forms of output that only some commands write are refused by the others. */
function isWritten(command: Command, word: string, specs: readonly CommandSpec[]): boolean {
  if (command.parent === null || !isOtherForm(word)) return true;
  const { forms = [] } = specs.find(({ usage }) => usage.split(' ')[0] === command.name()) ?? {};
  return forms.includes(word);
}

function argumentOf(command: Command, operands: number): Meaning {
  const declared = command.registeredArguments;
  const argument = declared[operands] ?? (declared.at(-1)?.variadic ? declared.at(-1) : undefined);
  if (argument === undefined) return NOTHING;
  const name = argument.name();
  if (name.includes('|')) return { is: 'words', words: name.split('|') };
  const named = NAMED[command.name()];
  return named === undefined ? byPlaceholder(name) : { is: 'named', name: named };
}

/** The kind of value that a placeholder of a usage text stands for. */
function byPlaceholder(name: string): Meaning {
  if (['file', 'files', 'path', 'paths'].includes(name)) return { is: 'files' };
  return ['folder', 'dir'].includes(name) ? { is: 'folders' } : NOTHING;
}
