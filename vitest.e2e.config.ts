import { defineConfig } from 'vitest/config';

/** Journeys: whole programs against a cluster provider. Two files at a time: each has a cluster of its own, and mostly waits. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    // A machine that is busy with something else takes several times as long.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
  },
});
