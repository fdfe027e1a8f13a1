import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // Journeys, the control plane and figures are commands of their own.
    exclude: ['test/e2e/**', 'test/cluster/**', 'test/bench/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Many tests wait for processes of their own: one worker more than the cores that the time is measured on.
    maxWorkers: 3,
  },
});
