import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Servers of others, kills of them and of leat, and runs that are ended at each call of a disk in memory. Like all that takes long for its nature it is run by `npm run test:all` and
 * `.ci/run`, not by `npm test`; any of it can be run by the name of its file.
 */
const KILLS = [
  'test/servers/**/*.test.ts',
  'test/contract/{queries,tables}.test.ts',
  'test/crash/**/*.test.ts',
  'test/cli/kills.test.ts',
];

/** The rest of what takes long. */
const LONG = [
  // Hundreds of real processes, one after the other: all of the command but what most runs meet.
  'test/cli/!(assert|as-nc|home|kills|pipe|refuse-endless|run|signals).test.ts',
  'test/unit/house/docs.test.ts',
  // Every spec once more in another way: cut and restored, by workers of a cluster, in columns and record by record, with a look at all types. `short` runs each as it stands.
  'test/contract/{cluster,cluster-streams,snapshot,spec-ways,types}.test.ts',
  'test/unit/snapshots/changes.test.ts',
  'test/unit/cluster/{dealt,reading}.test.ts',
  // Servers of others that are only read from and written to.
  'test/contract/{brokers,lookup-databases}.test.ts',
  // Terminals, browsers, and what a server does about clients that wait for real time to pass.
  'test/terminal/**/*.test.ts',
  'test/browser/**/*.test.ts',
  'test/unit/{serve/hostile,sources/http-handshake}.test.ts',
  // Many seeds and many days of the simulator, and what shows that such tests are not blind: each plants faults into a copy of the program.
  'test/simulator/{many-seeds,memory,planted*}.test.ts',
  'test/contract/{sink-marks,sink-planted}.test.ts',
  'test/unit/spec/seeds.test.ts',
  // Packers of others, the slow ones among them.
  'test/unit/packings/packings.test.ts',
  // Each query of Nexmark, in each way.
  'test/unit/nexmark/queries.test.ts',
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
      { extends: true, test: { name: 'short', include: ['test/**/*.test.ts'], exclude: [...LONG, ...KILLS] } },
      { extends: true, test: { name: 'long', include: LONG } },
      { extends: true, test: { name: 'kills', include: KILLS } },
    ],
  },
});
