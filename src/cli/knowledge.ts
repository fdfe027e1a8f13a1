import type { Engine } from '../engine/engine.ts';
import { disk } from '../experiment/files.ts';
import { issueLine } from '../experiment/report.ts';
import type { LoadedExperiment } from '../experiment/types.ts';
import { type Dependant, dependantsOf } from '../knowledge/dependants.ts';
import type { Knowledge } from '../knowledge/document.ts';
import { knowledgeFiles } from '../knowledge/files.ts';
import { sanitise } from '../text/sanitise.ts';
import { CommandFailure } from './failure.ts';

/** Reads the models at these paths; throws where any file is invalid, as the framework does. */
export function modelsOrFail(paths: readonly string[]): Knowledge[] {
  return knowledgeFiles(paths, disk).map(({ path, knowledge, errors: [error] }) => {
    if (knowledge !== undefined) return knowledge;
    const more = error === undefined ? '' : issueLine(error);
    throw new CommandFailure(more.includes(path) ? more : `${sanitise(path, 300)}: ${more}`);
  });
}

/** What depends on the target of an experiment, as the models say. */
export function dependantsIn(models: readonly Knowledge[], { experiment }: LoadedExperiment): Dependant[] {
  const { operator, component } = experiment.spec.target;
  return dependantsOf(models, operator, component);
}

/** The same engine, whose runs watch what depends on their target for harm, too. */
export const watchingDependants = (engine: Engine, models: readonly Knowledge[]): Engine => ({
  ...engine,
  run: (loaded, options) => engine.run(loaded, { ...options, dependants: dependantsIn(models, loaded) }),
});
