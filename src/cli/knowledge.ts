import { disk } from '../experiment/files.ts';
import { issueLine } from '../experiment/report.ts';
import type { Knowledge } from '../knowledge/document.ts';
import { knowledgeFiles } from '../knowledge/files.ts';
import { sanitise } from '../text/sanitise.ts';
import { CommandFailure } from './failure.ts';

/** The models that paths name, or a failure in one line: as with the framework, one bad file is none read. */
export function modelsOrFail(paths: readonly string[]): Knowledge[] {
  return knowledgeFiles(paths, disk).map(({ path, knowledge, errors: [error] }) => {
    if (knowledge !== undefined) return knowledge;
    const more = error === undefined ? '' : issueLine(error);
    throw new CommandFailure(more.includes(path) ? more : `${sanitise(path, 300)}: ${more}`);
  });
}
