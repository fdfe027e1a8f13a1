import { disk } from '../experiment/files.ts';
import { validateLines, validatePaths } from '../experiment/report.ts';
import type { CommandBody } from './command.ts';
import { EXIT } from './failure.ts';
import { print } from './output.ts';

/** `mayday validate`: everything decidable offline. Exit 2 when anything is invalid. */
export const validateCommand: CommandBody = async ({ globals, args }) => {
  const report = validatePaths(args[0] as string[], disk);
  print(report, globals, () => validateLines(report));
  return report.summary.invalid > 0 ? EXIT.usage : EXIT.done;
};
