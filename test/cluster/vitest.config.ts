import { defineConfig } from 'vitest/config';

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
