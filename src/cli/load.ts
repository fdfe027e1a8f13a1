import { disk, type Files, readSource } from '../experiment/files.ts';
import { loadExperiment } from '../experiment/load.ts';
import { issueLine } from '../experiment/report.ts';
import type { LoadedExperiment } from '../experiment/types.ts';
import { CommandFailure } from './failure.ts';
import { printNotice } from './output/notice.ts';

/** Loads one experiment. Warnings go to stderr; an invalid experiment is a usage failure. */
export function loadOrFail(
  path: string,
  overrides: { namespace?: string | undefined; set: readonly string[] },
  files: Files = disk,
): LoadedExperiment {
  const source = readSource(path, files);
  if (source.problem !== undefined) throw new CommandFailure(source.problem);
  const { namespace, set } = overrides;
  const loading = loadExperiment(source.text, path, { set, ...(namespace === undefined ? {} : { namespace }) });
  for (const warning of loading.warnings) printNotice(`${path}: warning: ${issueLine(warning)}`);
  if (loading.ok) return loading.loaded;
  const [first, ...more] = loading.errors;
  const rest = more.length > 0 ? ` (and ${more.length} more: \`mayday validate ${path}\`)` : '';
  throw new CommandFailure(`${path}: ${first === undefined ? 'not an experiment' : issueLine(first)}${rest}`);
}
