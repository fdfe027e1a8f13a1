import type { Command } from 'commander';
import type { CommandBody } from './command.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { printUnchanged } from './output.ts';

/** The words that can be completed, as plain data; the script of every shell is made from it. */
export interface Words {
  options: string[];
  commands: { name: string; description: string; options: string[] }[];
}

/** Collects the words to complete from the command tree. */
export function wordsOf(program: Command): Words {
  const long = (command: Command) => command.options.flatMap(option => (option.long ? [option.long] : []));
  return {
    options: [...long(program), '--help'],
    commands: program.commands.map(command => ({
      name: command.name(),
      description: command.description(),
      options: long(command),
    })),
  };
}

const bash = ({ options, commands }: Words): string => `_mayday() {
  local word="\${COMP_WORDS[COMP_CWORD]}" command="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case " ${commands.map(c => c.name).join(' ')} " in *" \${COMP_WORDS[i]} "*) command="\${COMP_WORDS[i]}"; break ;; esac
  done
  local words="${options.join(' ')}"
  case "$command" in
    "") words="$words ${commands.map(c => c.name).join(' ')}" ;;
${commands.map(c => `    ${c.name}) words="$words ${c.options.join(' ')}" ;;`).join('\n')}
  esac
  if [[ "$word" == -* || -z "$command" ]]; then COMPREPLY=($(compgen -W "$words" -- "$word")); else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _mayday mayday
`;

const quote = (text: string): string => text.replaceAll("'", "'\\''");

const zsh = ({ options, commands }: Words): string => `#compdef mayday
_mayday() {
  local -a commands=(
${commands.map(c => `    '${quote(`${c.name}:${c.description.replaceAll(':', ' -')}`)}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    compadd -- ${options.join(' ')}
    return
  fi
  case "$words[2]" in
${commands.map(c => `    ${c.name}) compadd -- ${[...c.options, ...options].join(' ')} ;;`).join('\n')}
  esac
  _files
}
compdef _mayday mayday
`;

const fish = ({ options, commands }: Words): string =>
  [
    ...options.map(option => `complete -c mayday -l ${option.slice(2)}`),
    ...commands.map(c => `complete -c mayday -n __fish_use_subcommand -a ${c.name} -d '${quote(c.description)}'`),
    ...commands.flatMap(c =>
      c.options.map(option => `complete -c mayday -n '__fish_seen_subcommand_from ${c.name}' -l ${option.slice(2)}`),
    ),
  ].join('\n');

const SHELLS: Record<string, (words: Words) => string> = { bash, zsh, fish };

/** `mayday completion SHELL`: prints the script; nothing is installed. */
export const completionCommand: CommandBody = async ({ args, program }) => {
  const shell = String(args[0]);
  const write = SHELLS[shell];
  if (!write) throw new CommandFailure(`expected a shell of ${Object.keys(SHELLS).join(', ')}, found ${shell}`);
  if (!program) throw new Error('the command tree was not handed over');
  printUnchanged(write(wordsOf(program)));
  return EXIT.done;
};
