import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * What takes long for its nature: `npm run test:all` and `.ci/run` run it, `npm test` does not. Any of it can be run by the name of its file.
 */
const LONG = [
  // Servers of others, kills of them and of leat, and runs that are ended at each call of a disk in memory.
  'test/servers/**/*.test.ts',
  'test/contract/{brokers,lookup-databases,queries,tables}.test.ts',
  'test/crash/**/*.test.ts',
  'test/contract/sink-marks.test.ts',
  'test/cli/{all-ways,checkpoint,follow,kills}.test.ts',
  // Terminals, browsers, and what a server does about clients that wait for real time to pass.
  'test/terminal/**/*.test.ts',
  'test/browser/**/*.test.ts',
  'test/unit/serve/hostile.test.ts',
  // What shows that other tests are not blind: each plants faults into a copy of the program.
  'test/contract/sink-planted.test.ts',
  'test/simulator/planted*.test.ts',
];

export default defineConfig({
  test: {
    setupFiles: ['test/support/spelt-numbers.ts', 'test/support/effort.ts'],
    // More than there are cores: those with processes of their own wait for these more than they work.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    // The program is loaded once by each worker rather than once by each file, which took a third of the time of all tests. Nothing in it is kept from one run to the next, and a
    // file that changes something of the process (its folder) sets it back.
    isolate: false,
    // A hang, not a slow machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'short', include: ['test/**/*.test.ts'], exclude: LONG } },
      { extends: true, test: { name: 'long', include: LONG } },
    ],
  },
});
