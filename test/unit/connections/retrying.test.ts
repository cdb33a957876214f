import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { retry, retrying } from '../../../src/flow/connections/retrying.ts';

/** Work that fails until `until`, ms, and what came of it. */
async function tried(until: number, within: number, mayPass = true) {
  const clock = new VirtualClock();
  const times: number[] = [];
  const notes: string[] = [];
  let isOver = false;
  const work = async () => {
    times.push(clock.now());
    if (clock.now() < until) throw new Error('down');
    return 'done';
  };
  const outcome = retrying(work, {
    within,
    mayPass: () => mayPass,
    note: (message) => notes.push(message),
    words: (error) => `cannot reach db: ${(error as Error).message}`,
    clock,
  })
    .catch((error: Error) => error.message)
    .finally(() => {
      isOver = true;
    });
  while (!isOver) {
    for (let turn = 0; turn < 10; turn++) await undefined;
    clock.moveTo(clock.now() + 100);
  }
  return { outcome: await outcome, times, notes };
}

test('sinks try again for 30 s unless told otherwise', () => {
  expect(retry).toMatchObject({ named: true, required: false, fallback: 30_000, accepts: { orZero: true } });
});

test('what may pass is tried again, ever more seldom, and told once', async () => {
  const { outcome, times, notes } = await tried(20_000, 30_000);
  expect(outcome).toBe('done');
  expect(times.slice(0, 9)).toEqual([0, 100, 300, 700, 1500, 3100, 6300, 11_300, 16_300]);
  expect(notes).toEqual(['cannot reach db: down; trying again for 30s']);
});

test('it is given up at the end of its time, with the last failure', async () => {
  const { outcome, times } = await tried(Number.POSITIVE_INFINITY, 10_000);
  expect(outcome).toBe('down');
  expect(times.at(-1)).toBe(10_000);
});

test('what will not pass is told at once, and so is all where nothing is to be tried again', async () => {
  for (const run of [await tried(1000, 30_000, false), await tried(1000, 0)]) {
    expect(run).toEqual({ outcome: 'down', times: [0], notes: [] });
  }
});
