import { defineConfig } from 'vitest/config';
import { noOperators } from './skip.ts';

// Here and not in the tests, so that it is said once.
if (noOperators !== undefined) process.stderr.write(`skipped: ${noOperators}\n`);

/** Tests that start a real control plane. One file at a time: each runs five processes on the same few cores. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    // The first hook may have to build everything.
    hookTimeout: 1_500_000,
  },
});
