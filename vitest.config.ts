import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // Journeys, the control plane, figures and the matrix are commands of their own.
    exclude: ['test/e2e/**', 'test/cluster/**', 'test/bench/**', 'test/matrix/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
