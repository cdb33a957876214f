import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/spelt-numbers.ts', 'test/support/effort.ts'],
    // A hang, not a slow machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
