import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/spelt-numbers.ts', 'test/support/effort.ts'],
    // More than there are cores: those with processes of their own wait for these more than they work.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    // The program is loaded once by each worker rather than once by each file, which took a third of the time of all tests. Nothing in it is kept from one run to the next, and a
    // file that changes something of the process (its folder) sets it back.
    isolate: false,
    // A hang, not a slow machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
