import { defineConfig } from 'vitest/config';

/** The sandbox against the recorded answers of a real API server to the whole corpus. */
export default defineConfig({
  test: { include: ['test/conformance/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
