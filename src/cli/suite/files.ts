import { disk, experimentFiles, type Files, readSource } from '../../experiment/files.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import { CommandFailure } from '../failure.ts';
import { loadOrFail } from '../load.ts';
import { printNotice } from '../output/notice.ts';

/** The `kind:` of a document, found without parsing it. */
const KIND = /^kind:\s*["']?([A-Za-z]+)/m;

/**
 * Every experiment at the paths, each file once. Other documents in a folder, such as a game-day plan, are skipped
 * with a line on stderr; an experiment that does not load fails the command before anything runs.
 */
export function suiteFiles(
  paths: readonly string[],
  overrides: { namespace?: string | undefined; set: readonly string[] },
  files: Files = disk,
): LoadedExperiment[] {
  const found = paths.flatMap(path => {
    const named = experimentFiles(path, files);
    if (typeof named === 'string') throw new CommandFailure(named);
    return named.filter(file => file === path || isExperiment(file));
  });
  return [...new Set(found)].map(file => loadOrFail(file, overrides, files));
}

function isExperiment(file: string): boolean {
  const kind = KIND.exec(readSource(file, disk).text ?? '')?.[1];
  if (kind === undefined || kind === 'ChaosExperiment') return true;
  printNotice(`${file}: passed over, it is a ${kind} and no ChaosExperiment`);
  return false;
}
