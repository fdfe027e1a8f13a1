import { disk } from '../experiment/files.ts';
import { validateLines, validatePaths } from '../experiment/report.ts';
import type { CommandBody } from './command.ts';
import { EXIT } from './failure.ts';
import { print } from './output.ts';
import { withStandardInput } from './standard-input.ts';

/** `mayday validate`: everything decidable offline; `-` is standard input. Exit 2 when anything is invalid. */
export const validateCommand: CommandBody = async ({ globals, args }) => {
  const paths = args[0] as string[];
  const report = validatePaths(paths, await withStandardInput(disk, paths, process.stdin));
  print(report, globals, () => validateLines(report));
  return report.summary.invalid > 0 ? EXIT.usage : EXIT.done;
};
