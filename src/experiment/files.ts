import { readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { kindOf, problemOf, type Reading, readRegular } from '../host/disk/regular.ts';
import { sanitise } from '../text/sanitise.ts';
import { MAX_BYTES } from './yaml/read.ts';

/** What a path leads to. `id` is the same for one folder, whatever path leads to it; `why` in a few words. */
type Place = { is: 'file' | 'missing' } | { is: 'folder'; id: string } | { is: 'refused'; why: string };

/** The disk, as far as experiments need it. */
export interface Files {
  place(path: string): Place;
  /** The text of an ordinary file of at most `longest` bytes. */
  read(path: string, longest: number): Reading;
  /** Names in a folder; a text says why they cannot be read. */
  names(path: string): string[] | string;
}

/** Something on disk that should be an experiment. */
export type Source = { path: string; text: string; problem?: never } | { path: string; text?: never; problem: string };

const DOCUMENT = /\.(ya?ml|json)$/i;
/** How deep subfolders are searched. */
const DEEPEST = 32;

/** The experiment files at `path`: the file itself, or those in a folder and its subfolders, sorted. A text says what is wrong. */
export function experimentFiles(path: string, files: Files): string[] | string {
  const shown = sanitise(path, 300);
  const place = files.place(path);
  switch (place.is) {
    case 'missing':
      return `expected a file or folder, found nothing at ${shown}`;
    case 'refused':
      return cannot(path, place.why);
    case 'file':
      return [path];
    case 'folder': {
      const names = files.names(path);
      if (typeof names === 'string') return cannot(path, names);
      const found = documentsBelow(path, files, { seen: new Set(), left: DEEPEST });
      return found.length > 0 ? found : `expected experiments (*.yaml) in ${shown}, found none`;
    }
  }
}

function cannot(path: string, why: string): string {
  const shown = sanitise(path, 300);
  return why.startsWith('expected ') ? `${why} at ${shown}` : `${shown} cannot be read: ${why}`;
}

/** Every folder is visited once, however many links lead to it. A folder that cannot be read is in the result, so that reading it gives the reason. */
function documentsBelow(folder: string, files: Files, walk: { seen: Set<string>; left: number }): string[] {
  const place = files.place(folder);
  if (place.is !== 'folder' || walk.seen.has(place.id) || walk.left === 0) return [];
  walk.seen.add(place.id);
  const names = files.names(folder);
  if (typeof names === 'string') return [folder];
  return names
    .sort()
    .filter(name => !name.startsWith('.'))
    .flatMap(name => {
      const path = join(folder, name);
      if (files.place(path).is === 'folder') return documentsBelow(path, files, { ...walk, left: walk.left - 1 });
      return DOCUMENT.test(name) ? [path] : [];
    });
}

/** Whether a text is the plan of a game-day, which may lie among the experiments that it runs. */
export const isGameDayPlan = (text: string): boolean => /^kind:\s*['"]?GameDay['"]?\s*$/m.test(text);

/** Reads one file that must hold `what`. */
export function readSource(path: string, files: Files, what = 'an experiment file'): Source {
  const shown = sanitise(path, 300);
  const place = files.place(path);
  if (place.is === 'missing') return { path, problem: `expected ${what}, found nothing at ${shown}` };
  if (place.is === 'refused') return { path, problem: cannot(path, place.why) };
  if (place.is === 'folder') {
    const names = files.names(path);
    if (typeof names === 'string') return { path, problem: cannot(path, names) };
    return { path, problem: `expected ${what}, found a folder at ${shown}: name one of its files` };
  }
  const reading = files.read(path, MAX_BYTES);
  if (reading.is === 'text') return { path, text: reading.text };
  return { path, problem: cannot(path, reading.is === 'missing' ? 'it is gone' : reading.why) };
}

/** The real disk. */
export const disk: Files = {
  place: path => {
    try {
      return placeOf(statSync(path));
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      return isMissing ? { is: 'missing' } : { is: 'refused', why: problemOf(error) };
    }
  },
  read: readRegular,
  names: path => {
    try {
      return readdirSync(path);
    } catch (error) {
      return problemOf(error);
    }
  },
};

function placeOf(stats: Stats): Place {
  if (stats.isDirectory()) return { is: 'folder', id: `${stats.dev}:${stats.ino}` };
  return stats.isFile() ? { is: 'file' } : { is: 'refused', why: `expected an ordinary file, found ${kindOf(stats)}` };
}
