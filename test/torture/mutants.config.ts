import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { MUTANTS } from './mutants.ts';
import { withMistake } from './with-mistake.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const mutant = MUTANTS.find(({ name }) => name === process.env.MAYDAY_MUTANT);

// The tests of one mutant, with its mistake put into the one file as it is loaded. The file on the disk stays as it is.
export default defineConfig({
  root: ROOT,
  plugins: [
    {
      name: 'mistake',
      enforce: 'pre',
      transform(code, id) {
        if (mutant === undefined || id !== `${ROOT}src/${mutant.file}`) return undefined;
        return { code: withMistake(mutant, code), map: null };
      },
    },
  ],
  // A module that was kept from another run would be without the mistake, or with another one.
  test: { include: ['test/**/*.test.ts'], testTimeout: 20_000, fsModuleCache: false },
});
