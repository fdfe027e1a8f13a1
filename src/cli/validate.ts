import { disk } from '../experiment/files.ts';
import { validateLines, validatePaths } from '../experiment/report.ts';
import { knowledgeFiles } from '../knowledge/files.ts';
import { knowledgeLines, knowledgeReport } from '../knowledge/report.ts';
import type { CommandBody } from './command.ts';
import { EXIT, type ExitCode } from './failure.ts';
import type { GlobalOptions } from './globals.ts';
import { print } from './output/output.ts';
import { withStandardInput } from './standard-input.ts';

/** `mayday validate`: checks everything that needs no cluster; `-` is standard input. Exit 2 when anything is invalid. */
export const validateCommand: CommandBody = async ({ globals, args, options }) => {
  const paths = args[0] as string[];
  if (options.knowledge === true) return validateKnowledge(paths, globals);
  const report = validatePaths(paths, await withStandardInput(disk, paths, process.stdin));
  print(report, globals, () => validateLines(report));
  return report.summary.invalid > 0 ? EXIT.usage : EXIT.done;
};

/** Checks knowledge models. What the framework's own check rejects is an error here. */
function validateKnowledge(paths: readonly string[], globals: GlobalOptions): ExitCode {
  const report = knowledgeReport(knowledgeFiles(paths, disk));
  print(report, globals, () => knowledgeLines(report));
  return report.summary.invalid > 0 ? EXIT.usage : EXIT.done;
}
