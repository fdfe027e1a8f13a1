import { join } from 'node:path';
import { type Files, readSource } from '../experiment/files.ts';
import { type CleanIssue, cleanIssue } from '../text/issue.ts';
import { sanitise } from '../text/sanitise.ts';
import type { Knowledge } from './document.ts';
import { loadKnowledge } from './load.ts';

/** The result of reading one file as a knowledge model. */
export interface KnowledgeFile {
  path: string;
  knowledge?: Knowledge;
  errors: CleanIssue[];
  doubts: CleanIssue[];
}

/** Reads knowledge models: files, and the *.yaml files directly in folders, sorted by name, as the framework does. */
export function knowledgeFiles(paths: readonly string[], files: Files): KnowledgeFile[] {
  return paths.flatMap(path => {
    if (files.place(path).is !== 'folder') return [readModel(path, files)];
    const names = files.names(path);
    if (typeof names === 'string') return [broken(path, names)];
    const models = names.filter(name => /\.ya?ml$/.test(name)).sort();
    if (models.length === 0)
      return [broken(path, `expected knowledge models (*.yaml) in ${sanitise(path, 300)}, found none`)];
    return models.map(name => readModel(join(path, name), files));
  });
}

function readModel(path: string, files: Files): KnowledgeFile {
  const source = readSource(path, files, 'a knowledge model');
  if (source.problem !== undefined) return broken(path, source.problem);
  const loading = loadKnowledge(source.text, path);
  if (!loading.ok) return { path, errors: loading.errors, doubts: [] };
  return { path, knowledge: loading.knowledge, errors: [], doubts: loading.doubts };
}

const broken = (path: string, message: string): KnowledgeFile => ({
  path,
  errors: [cleanIssue({ path: '', message })],
  doubts: [],
});
