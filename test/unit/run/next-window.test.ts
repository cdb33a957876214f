import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { WindowClock } from '../../../src/run/local/batches/next-window.ts';

const INTERVAL = 1000;

function clockOf(program: string): WindowClock {
  const plan = compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: INTERVAL,
  });
  return new WindowClock(plan, INTERVAL);
}

test('the next window holds what was read since its start', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 2, max: 8 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 30 }),
      (length, slide, batches) => {
        const clock = clockOf(`window(${length}s, ${slide}s) | count`);
        let read = 0;
        batches.forEach((records, i) => {
          read += records;
          const tick = (i + 1) * INTERVAL;
          const end = Math.ceil(tick / (slide * INTERVAL)) * slide * INTERVAL;
          // The batch under way ends at the tick.
          const before = batches.slice(0, Math.max(0, end / INTERVAL - length)).reduce((sum, n) => sum + n, 0);
          const isBegun = tick > end - length * INTERVAL;
          expect(clock.next(tick, read)).toEqual({ end, records: isBegun ? read - before : 0 });
          clock.passTick(tick, read);
        });
      },
    ),
  );
});

test('is told as if nothing had happened by one that goes on from what another knew', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 2, max: 8 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 30 }),
      fc.nat({ max: 30 }),
      (length, slide, batches, cut) => {
        const program = `window(${length}s, ${slide}s) | count`;
        const whole = clockOf(program);
        let clock = clockOf(program);
        let read = 0;
        // Of the records before, those who go on have read none.
        let before = 0;
        batches.forEach((records, i) => {
          const tick = (i + 1) * INTERVAL;
          if (i === cut) {
            const state = clock.snapshot(read - before);
            before = read;
            clock = clockOf(program);
            clock.restore(state);
          }
          read += records;
          expect(clock.next(tick, read - before)).toEqual(whole.next(tick, read));
          whole.passTick(tick, read);
          clock.passTick(tick, read - before);
        });
      },
    ),
  );
});

test('of several windows it is the one that comes out first', () => {
  expect(clockOf('let a = words; a | window(10s, 10s) | count; a | count | window(6s, 3s)').next(1000, 2)).toEqual({
    end: 3000,
    records: 2,
  });
});

test('there is none where a result comes with each batch, or by the times of records', () => {
  for (const program of ['count', 'count | running', 'count | window(10s)', 'json | window(10s, on: .t) | count']) {
    expect(clockOf(program).next(1000, 2)).toBe(undefined);
  }
});
