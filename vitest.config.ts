import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/spelt-numbers.ts', 'test/support/effort.ts'],
    // All cores: what the tests start waits for more than it works.
    maxWorkers: '100%',
    // A hang, not a slow machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
