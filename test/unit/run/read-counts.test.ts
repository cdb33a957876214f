import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import type { Plan } from '../../../src/query/plan/plan.ts';
import { ReadCounts } from '../../../src/run/local/batches/read-counts.ts';

const INTERVAL = 1000;

function planOf(program: string): Plan {
  return compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: INTERVAL,
  });
}

const span = (start: number, end: number) => ({ time: end, start, end, partial: false });

test('batches, windows of any length and the run so far have what was read in them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 30 }),
      (length, slide, batches) => {
        const plan = planOf(`window(${length}s, ${slide}s) | count`);
        const node = plan.outputs[0]!;
        let read = 0;
        const counts = new ReadCounts(plan, INTERVAL, () => [read], false);
        batches.forEach((records, i) => {
          read += records;
          const index = i + 1;
          const sum = (from: number) => batches.slice(Math.max(0, from), index).reduce((all, n) => all + n, 0);
          expect(counts.of(span(i * INTERVAL, index * INTERVAL), node)).toBe(sum(i));
          expect(counts.of(span(0, index * INTERVAL), node)).toBe(read);
          if (index % slide === 0) {
            expect(counts.of(span((index - length) * INTERVAL, index * INTERVAL), node)).toBe(sum(index - length));
          }
          counts.passTick(index * INTERVAL);
        });
      },
    ),
  );
});

test('only the sources in front of an output count', () => {
  const plan = planOf('let a = queue([1]); let b = queue([1, 2]); a | count; b | count; a | union(b) | count');
  const counts = new ReadCounts(plan, INTERVAL, () => [1, 2], false);
  expect(plan.outputs.map((node) => counts.of(span(0, 1000), node))).toEqual([1, 2, 3]);
});

test('what is not known is not told: by event time, and of what an earlier run has read', () => {
  const byEvent = planOf('json | window(10s, on: .t) | count');
  expect(new ReadCounts(byEvent, INTERVAL, () => [5], false).of(span(0, 10_000), byEvent.outputs[0]!)).toBeUndefined();
  const plan = planOf('window(10s) | count');
  const counts = new ReadCounts(plan, INTERVAL, () => [5], true);
  counts.passTick(20_000);
  expect(counts.of(span(15_000, 25_000), plan.outputs[0]!)).toBeUndefined();
  expect(counts.of(span(20_000, 21_000), plan.outputs[0]!)).toBe(0);
});
