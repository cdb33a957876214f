/**
 * A program gives on a cluster what it gives in one process: every spec that can run there, with its input cut anywhere, any number of pieces and
 * shares, tasks in any order and some of them twice, by the frames of real workers. (With a real Spark it is in `test/servers/spark.test.ts`.)
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { dealtOut, Worker } from '../support/cluster.ts';
import { expectSameOn, specsForClusters } from '../support/cluster-specs.ts';
import { tries } from '../support/effort.ts';

/** Of so many specs one is run by processes. */
const ONE_OF = 16;

/** Runs a spec on a cluster that deals it out as a seed says. @returns how many pieces there were. */
function expectSame(text: string, workers: readonly Worker[], seed: number): Promise<number> {
  const random = new Random(seed);
  const tasks = random.whole(1, 6);
  const largestPiece = random.whole(8, 200);
  const others = dealtOut(workers, (n) => random.whole(0, n - 1));
  return expectSameOn(text, () => ({ tasks, largestPiece, ...others }), `(seed ${seed})`);
}

test('there are many specs that can run on a cluster', () => {
  expect(specsForClusters.length).toBeGreaterThan(100);
});

describe('by a worker in this process', () => {
  let worker: Worker;
  let pieces = 0;
  beforeAll(() => {
    worker = Worker.here();
  });
  afterAll(() => worker.close());

  test.each(specsForClusters)('$path', async ({ text }) => {
    for (let seed = 0; seed < tries(1, 10); seed++) pieces += await expectSame(text, [worker], seed);
  });

  test('they were dealt out', () => expect(pieces).toBeGreaterThan(specsForClusters.length));
});

describe('by processes', () => {
  let workers: readonly Worker[] = [];
  beforeAll(() => {
    workers = [Worker.process(), Worker.process()];
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
  });

  test('each says first which leat it is', async () => {
    for (const worker of workers) expect((await worker.hello).toString()).toMatch(/^\d+\.\d+\.\d+ \([0-9a-f]{12}\)$/);
  });

  test.each(specsForClusters.filter((_, i) => i % ONE_OF === 0))('$path', async ({ text }) => {
    await expectSame(text, workers, 7);
  });
});
