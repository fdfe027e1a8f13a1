import type { Danger } from '../faults/rules/rules.ts';
import type { FaultType } from '../faults/types.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';
import { dangerOf } from './danger.ts';
import { experimentFiles, type Files, isGameDayPlan, readSource } from './files.ts';
import { loadExperiment } from './load.ts';
import { resolveNamespace } from './scope.ts';
import type { LoadedExperiment } from './types.ts';

/** One file of a catalogue; a file that does not load says why in one line. */
export type CatalogueEntry =
  | { path: string; loaded: LoadedExperiment; error?: never }
  | { path: string; loaded?: never; error: Clean };

/** An experiment in a list. */
export interface CatalogueRow {
  name: string;
  file: string;
  type: FaultType;
  operator: string;
  component: string;
  tier: number;
  danger: Danger;
  namespace: string;
}

/** Every experiment in a folder and its subfolders, in order of path; a text says why there is none. Plans of game-days are left out. */
export function listCatalogue(folder: string, files: Files): CatalogueEntry[] | string {
  const paths = experimentFiles(folder, files);
  return typeof paths === 'string' ? paths : paths.flatMap(path => entryOf(path, files) ?? []);
}

/** The plans of game-days in a folder and its subfolders, in order of path. */
export function gameDayPlansIn(folder: string, files: Files): string[] {
  const paths = experimentFiles(folder, files);
  return typeof paths === 'string' ? [] : paths.filter(path => isGameDayPlan(readSource(path, files).text ?? ''));
}

function entryOf(path: string, files: Files): CatalogueEntry | undefined {
  const source = readSource(path, files);
  if (source.problem !== undefined) return { path, error: sanitise(source.problem) };
  if (isGameDayPlan(source.text)) return undefined;
  const loading = loadExperiment(source.text, path);
  if (loading.ok) return { path, loaded: loading.loaded };
  const [first, ...more] = loading.errors;
  const place = first?.path ? `${first.path}: ` : '';
  return {
    path,
    error: sanitise(
      `${place}${first?.message ?? 'not an experiment'}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
    ),
  };
}

/** What a list shows of an experiment. */
export function rowOf(loaded: LoadedExperiment): CatalogueRow {
  const { metadata, spec } = loaded.experiment;
  return {
    name: metadata.name,
    file: loaded.path,
    type: spec.injection.type,
    operator: spec.target.operator,
    component: spec.target.component,
    tier: spec.tier,
    danger: dangerOf(loaded.experiment),
    namespace: resolveNamespace(loaded.experiment).namespace,
  };
}
