/**
 * A stream gives on a cluster what it gives in one process: every spec whose input comes by time, and of which many can do something, with its batches begun one
 * after the other by somebody else, as Spark does, each cut anywhere and worked on by the frames of a real worker. (With a real Spark it is in
 * `test/servers/spark.test.ts`.)
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/run/trials/random.ts';
import { dealtOut, Worker } from '../support/cluster.ts';
import { expectSameOn, streamSpecs } from '../support/cluster-specs.ts';
import { tries } from '../support/effort.ts';

test('there are specs of streams of all kinds', () => {
  expect(streamSpecs.length).toBeGreaterThan(100);
  for (const word of [
    'window(',
    'session(',
    'join(',
    'updateStateByKey(',
    'mapWithState(',
    'dedupe(',
    'lookup(',
    'running',
  ])
    expect(
      streamSpecs.some(({ text }) => text.includes(word)),
      word,
    ).toBe(true);
});

describe('by a worker in this process', () => {
  let worker: Worker;
  let pieces = 0;
  beforeAll(() => {
    worker = Worker.here();
  });
  afterAll(() => worker.close());

  test.each(streamSpecs)('$path', async ({ text }) => {
    for (let seed = 0; seed < tries(1, 10); seed++) {
      const random = new Random(seed);
      const tasks = random.whole(1, 4);
      const others = dealtOut([worker], (n) => random.whole(0, n - 1));
      pieces += await expectSameOn(text, () => ({ tasks, largestPiece: 40, ...others }), `(seed ${seed})`, true);
    }
  });

  test('they were dealt out', () => expect(pieces).toBeGreaterThan(streamSpecs.length));
});
