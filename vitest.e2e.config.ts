import { defineConfig } from 'vitest/config';

/** Journeys: whole programs against a cluster provider. One file at a time, since they share the machine. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    // A machine that is busy with something else takes several times as long.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    fileParallelism: false,
    // Where nobody looks on, one journey that lost a race with the machine is run again; twice is a failure anywhere.
    retry: process.env.CI === 'true' ? 1 : 0,
  },
});
