import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import type { Fields } from '../../../src/base/value.ts';
import { rate } from '../../../src/flow/sources/rate.ts';
import { openSource, TestRun } from '../../support/source.ts';

/** Runs it from `start` ms with a clock that goes on in these steps. */
async function generate(perSecond: number, steps: readonly number[], start = 0): Promise<readonly Fields[]> {
  const clock = new VirtualClock(start);
  const run = new TestRun({ clock });
  const running = openSource(rate, { rate: perSecond }, run).run();
  for (const step of steps) {
    clock.moveTo(clock.now() + step);
    await new Promise((resolve) => setImmediate(resolve));
  }
  // Behind after a long step, it goes on without a pause of the clock.
  for (let count = -1; count !== run.records.length; ) {
    count = run.records.length;
    clock.moveTo(clock.now());
    await new Promise((resolve) => setImmediate(resolve));
  }
  run.abort();
  await running;
  return run.records as readonly Fields[];
}

it('spreads its records evenly, counted from 0', async () => {
  expect(await generate(4, Array(100).fill(10), 5000)).toEqual([
    { time: 5000, value: 0 },
    { time: 5250, value: 1 },
    { time: 5500, value: 2 },
    { time: 5750, value: 3 },
  ]);
});

it('gives as many as the time asks for, however the clock goes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0.5, 1, 3, 7, 60, 1234),
      fc.array(fc.integer({ min: 10, max: 1000 }), { minLength: 1, maxLength: 6 }),
      async (perSecond, steps) => {
        const total = steps.reduce((sum, step) => sum + step, 0);
        const records = await generate(perSecond, [...steps, 5]);
        const least = Math.ceil(((total - 1000 / perSecond) * perSecond) / 1000);
        expect(records.length).toBeGreaterThanOrEqual(Math.max(0, least));
        expect(records.length).toBeLessThanOrEqual(Math.ceil(((total + 5) * perSecond) / 1000));
        for (const [i, record] of records.entries()) {
          expect(record).toEqual({ time: Math.floor((i * 1000) / perSecond), value: i });
        }
      },
    ),
    { numRuns: 30 },
  );
});

it('waits while the inbox is full and catches up', async () => {
  const clock = new VirtualClock();
  const run = new TestRun({ clock });
  const running = openSource(rate, { rate: 1000 }, run).run();
  run.shut();
  clock.moveTo(100);
  await run.until(() => run.records.length > 0);
  clock.moveTo(1000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(run.records).toHaveLength(100);
  run.reopen();
  await new Promise((resolve) => setImmediate(resolve));
  clock.moveTo(1010);
  await run.until(() => run.records.length >= 1010);
  run.abort();
  await running;
});
