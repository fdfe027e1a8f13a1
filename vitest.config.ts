import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // Journeys, the control plane and figures are commands of their own.
    exclude: ['test/e2e/**', 'test/cluster/**', 'test/bench/**'],
    // Some tests run the bundle, as users do.
    globalSetup: ['test/support/fresh-bundle.ts'],
    // Limits for what hangs: a machine that is busy with something else takes several times as long as this one.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 60_000 } },
    // More workers than two cores: many tests only wait for processes that they started.
    maxWorkers: 3,
  },
});
