import { defineConfig } from 'vitest/config';

/** Journeys: whole programs against a cluster provider. One file at a time, since they share the machine. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
