import { listCatalogue, rowOf } from '../experiment/catalogue.ts';
import { disk } from '../experiment/files.ts';
import { listCells, listReport } from '../experiment/report.ts';
import { paths } from '../runtime/paths.ts';
import type { CommandBody } from './command.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { wholeNumber } from './number.ts';
import { printNotice } from './output/notice.ts';
import { print } from './output/output.ts';

/** `mayday list`: the catalogue of a folder, by default the experiments that come with the program. Broken files are reported on stderr, with exit code 2. */
export const listCommand: CommandBody = async ({ globals, args, options }) => {
  const folder = typeof args[0] === 'string' ? args[0] : paths(process.env).experiments;
  const entries = listCatalogue(folder, disk);
  if (typeof entries === 'string') throw new CommandFailure(entries);
  const maxTier = wholeNumber(options.maxTier, 'max-tier', 0, 6);
  const report = listReport(entries, rowOf, {
    ...(typeof options.type === 'string' ? { type: options.type } : {}),
    ...(typeof options.operator === 'string' ? { operator: options.operator } : {}),
    ...(maxTier === undefined ? {} : { maxTier }),
  });
  print(report, globals, () => aligned(listCells(report)));
  if (globals.output === 'text') {
    for (const { file, error } of report.broken) printNotice(`${file}: ${error}`);
  }
  return report.broken.length > 0 ? EXIT.usage : EXIT.done;
};

function aligned(cells: readonly string[][]): string[] {
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map(row => row[column]?.length ?? 0)));
  return cells.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
