import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { PastResults } from '../../../src/flow/analytics/past-results.ts';
import { decodeState } from '../../../src/flow/state/encoding/decode.ts';
import { encodeState } from '../../../src/flow/state/encoding/encode.ts';
import { TestRun } from '../windows/harness.ts';

const BACK = 3000;

const emissions = fc.array(
  fc.record({
    gap: fc.integer({ min: 0, max: 4 }),
    values: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom<Value>(1, 2, null, 'x'), { maxKeys: 3 }),
    takeOver: fc.constantFrom('no', 'whole', 'changes'),
  }),
  { maxLength: 30 },
);

test('what was so long ago is what the emission with that end had, also where steps take over from each other', () => {
  fc.assert(
    fc.property(emissions, (all) => {
      const model = new Map<number, { readonly [key: string]: Value }>();
      let past = new PastResults(BACK, new TestRun());
      // What was written down, each as bytes: all of it, then what has changed.
      let written: Uint8Array[] = [];
      let end = 10_000;
      for (const { gap, values, takeOver } of all) {
        end += 1000 * gap;
        const keys = Object.keys(values);
        const before = model.get(end - BACK);
        const given = past.of(Object.values(values), keys, { time: end, start: end - 1000, end, partial: false });
        expect(given).toEqual(keys.map((key) => before?.[key] ?? null));
        model.set(end, values);
        if (takeOver === 'no') continue;
        const isWhole = takeOver === 'whole' || written.length === 0;
        const bytes = encodeState(past.snapshot(!isWhole));
        written = isWhole ? [bytes] : [...written, bytes];
        past = new PastResults(BACK, new TestRun());
        for (const each of written) past.restore(decodeState(each));
      }
    }),
    { numRuns: 200 },
  );
});

test('no more is kept than may be asked for, and more than the bound ends the run', () => {
  const run = new TestRun();
  const past = new PastResults(BACK, run);
  const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
  for (let end = 1000; end <= 1_000_000; end += 1000) {
    past.of(keys, keys, { time: end, start: end - 1000, end, partial: false });
  }
  expect(run.failures).toEqual([]);
  const { emissions } = past.snapshot() as { readonly emissions: readonly { readonly end: number }[] };
  expect(emissions.map(({ end }) => end)).toEqual([997_000, 998_000, 999_000, 1_000_000]);
  run.stateMax = 10_000;
  past.of(keys, keys, { time: 1_001_000, start: 1_000_000, end: 1_001_000, partial: false });
  expect(run.failures.map(({ code }) => code)).toEqual(['state-max']);
});

test('an emission in which little has changed is written down as what has, and what is read behind changes of it is all there is', () => {
  const keys = Array.from({ length: 1000 }, (_, i) => `key ${i}`);
  const give = (past: PastResults, end: number) =>
    past.of(
      keys.map((_key, i) => (i % 100 === 0 ? end : i)),
      keys,
      { time: end, start: end - 1000, end, partial: false },
    );
  const past = new PastResults(BACK, new TestRun());
  for (const end of [1000, 2000, 3000]) give(past, end);
  const first = encodeState(past.snapshot());
  give(past, 4000);
  const changes = encodeState(past.snapshot(true));
  expect(changes.length).toBeLessThan(first.length / 20);
  // As where all is written anew, with what had changed before that in front of it.
  const whole = encodeState(past.snapshot());
  const anew = new PastResults(BACK, new TestRun());
  for (const bytes of [changes, whole]) anew.restore(decodeState(bytes));
  for (const end of [5000, 6000, 7000, 8000]) expect(give(anew, end)).toEqual(give(past, end));
});
