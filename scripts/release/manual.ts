import { Command } from 'commander';
import { COMMANDS } from '../../src/cli/commands.ts';
import { addGlobalOptions } from '../../src/cli/globals.ts';

const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');

const FILES = [
  ['$XDG_CONFIG_HOME/mayday/config.yaml', 'configuration; else below ~/.config'],
  ['$XDG_CONFIG_HOME/mayday/themes', 'themes of yours'],
  ['$XDG_STATE_HOME/mayday', 'journals and records of runs, days and reverts; else below ~/.local/state'],
] as const;

/** The man page, from the commands themselves. `date` is that of the release, ISO 8601. */
export function manualPage(version: string, date: string): string {
  const commands = COMMANDS.filter(({ hidden }) => !hidden).flatMap(({ usage, description, options = [] }) => [
    '.TP',
    `.B mayday ${escaped(usage)}`,
    escaped(description),
    ...options.flatMap(([flags, text]) => ['.RS', '.TP', `.B ${escaped(flags)}`, escaped(text), '.RE']),
  ]);
  const everywhere = addGlobalOptions(new Command()).options.flatMap(({ flags, description }) => [
    '.TP',
    `.B ${escaped(flags)}`,
    escaped(description),
  ]);
  return [
    `.TH MAYDAY 1 "${date.slice(0, 10)}" "mayday ${version}" "User Commands"`,
    '.SH NAME',
    'mayday \\- a terminal console for Kubernetes game\\-days, incidents, and reverting every chaos injection',
    '.SH SYNOPSIS',
    '.B mayday',
    '[\\fIoptions\\fR] [\\fIcommand\\fR]',
    '.SH DESCRIPTION',
    'Without a command: the full\\-screen console; without a terminal, one health snapshot.',
    '.SH COMMANDS',
    ...commands,
    '.SH OPTIONS OF EVERY COMMAND',
    ...everywhere,
    '.SH FILES',
    ...FILES.flatMap(([path, text]) => ['.TP', `.I ${escaped(path)}`, escaped(text)]),
    '.SH EXIT STATUS',
    '0 done; 1 internal error; 2 usage or a document that is not valid; 3 Degraded; 4 Failed; 5 Inconclusive; 6 aborted; 7 something is',
    'still not restored; 8 the cluster cannot be reached or not all of it may be read; 9 triage found something broken.',
    '',
  ].join('\n');
}
