import { resolve } from 'node:path';
import type { CatalogueEntry, Saved } from '../../console/deps.ts';
import { sanitise } from '../../text/sanitise.ts';

/** Loaded when they are first called: the first frame needs none of it. */
const loadCatalogue = () => Promise.all([import('../../experiment/catalogue.ts'), import('../../experiment/files.ts')]);

/** The plans of game-days in this folder. */
export async function plansUnder(folder: string): Promise<string[]> {
  const [{ gameDayPlansIn: plansIn }, { disk }] = await loadCatalogue();
  return plansIn(folder, disk);
}

/** The experiments in this folder; where it cannot be read, one entry that says why. */
export async function catalogueUnder(folder: string): Promise<CatalogueEntry[]> {
  const [{ listCatalogue }, { disk }] = await loadCatalogue();
  const entries = listCatalogue(folder, disk);
  return typeof entries === 'string' ? [{ path: folder, error: sanitise(entries) }] : entries;
}

/** Writes a file that only its owner may read; replaces one only where that was asked for. Never rejects. */
export async function saveFile(path: string, text: string, replace: boolean): Promise<Saved> {
  const [{ writePrivate }, { problemOf }] = await Promise.all([
    import('../../host/disk/private-file.ts'),
    import('../../host/disk/regular.ts'),
  ]);
  const whole = resolve(path);
  try {
    const unwritten = writePrivate(whole, text, { replace });
    if (unwritten?.is === 'refused') return { is: 'failed', why: sanitise(unwritten.why, 200) };
    return { is: unwritten === undefined ? 'written' : 'taken', path: whole };
  } catch (error) {
    return { is: 'failed', why: sanitise(problemOf(error), 200) };
  }
}
