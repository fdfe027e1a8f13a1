import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sanitise } from '../text/sanitise.ts';
import { MAX_BYTES } from './load.ts';

/** The disk, as far as experiments need it. */
export interface Files {
  kind(path: string): 'file' | 'folder' | 'missing' | 'unreadable';
  /** Bytes of a file. */
  size(path: string): number;
  read(path: string): string;
  /** Names in a folder. */
  names(path: string): string[];
}

/** Something on disk that should be an experiment. */
export type Source = { path: string; text: string; problem?: never } | { path: string; text?: never; problem: string };

const DOCUMENT = /\.(ya?ml|json)$/i;

/** The experiment files that `path` stands for: itself, or those in a folder and its folders, sorted. A text says what is wrong. */
export function experimentFiles(path: string, files: Files): string[] | string {
  const shown = sanitise(path, 300);
  switch (files.kind(path)) {
    case 'missing':
      return `expected a file or folder, found nothing at ${shown}`;
    case 'unreadable':
      return `${shown} cannot be read: check its permissions`;
    case 'file':
      return [path];
    case 'folder': {
      const found = documentsBelow(path, files);
      return found.length > 0 ? found : `expected experiments (*.yaml) in ${shown}, found none`;
    }
  }
}

function documentsBelow(folder: string, files: Files): string[] {
  return files
    .names(folder)
    .sort()
    .map(name => ({ name, path: join(folder, name) }))
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap(({ name, path }) => {
      if (files.kind(path) === 'folder') return documentsBelow(path, files);
      return DOCUMENT.test(name) ? [path] : [];
    });
}

/** Reads one file that must hold an experiment. */
export function readSource(path: string, files: Files): Source {
  const shown = sanitise(path, 300);
  const kind = files.kind(path);
  if (kind === 'missing') return { path, problem: `expected an experiment file, found nothing at ${shown}` };
  if (kind === 'folder')
    return { path, problem: `expected an experiment file, found a folder at ${shown}: name one of its files` };
  if (kind === 'unreadable') return { path, problem: `${shown} cannot be read: check its permissions` };
  const size = files.size(path);
  if (size > MAX_BYTES)
    return { path, problem: `expected at most 1 MiB, found ${(size / MAX_BYTES).toFixed(1)} MiB in ${shown}` };
  try {
    return { path, text: files.read(path) };
  } catch {
    return { path, problem: `${shown} cannot be read: check its permissions` };
  }
}

/** The real disk. */
export const disk: Files = {
  kind: path => {
    try {
      return statSync(path).isDirectory() ? 'folder' : 'file';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable';
    }
  },
  size: path => statSync(path).size,
  read: path => readFileSync(path, 'utf8'),
  names: path => readdirSync(path),
};
