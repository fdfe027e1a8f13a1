import { registerHooks } from 'node:module';
import { MUTANTS } from './mutants.ts';
import { withMistake } from './with-mistake.ts';

const SRC = new URL('../../src/', import.meta.url).href;
const wanted = process.env.MAYDAY_MUTANT;
const mutant = MUTANTS.find(({ name }) => name === wanted);
if (mutant === undefined) throw new Error(`MAYDAY_MUTANT: expected the name of a mutant, found ${wanted}`);

// Preloaded with --import: puts the mistake into the one file as it is loaded. The file on the disk stays as it is.
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url !== `${SRC}${mutant.file}`) return loaded;
    const text = String(loaded.source instanceof Uint8Array ? Buffer.from(loaded.source) : loaded.source);
    return { ...loaded, source: withMistake(mutant, text) };
  },
});
