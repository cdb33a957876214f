import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import type { Grouping } from '../../../src/flow/define/grouping.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { reducing } from '../../../src/flow/groups/groupings.ts';
import type { BatchWindowSpec } from '../../../src/flow/windows/batch-window.ts';
import { windowedGroups } from '../../../src/flow/windows/windowed-groups.ts';
import { windowedRecords } from '../../../src/flow/windows/windowed-records.ts';
import { aggregateOf, countingAll, type Emission, joining, listing, Recorder, TestRun } from './harness.ts';

type Batches = readonly (readonly Value[])[];

/** What a window must give, found by looking at all records again each time. Batch `i` ends at tick `i + 1`. */
function model(
  batches: Batches,
  spec: BatchWindowSpec,
  give: (records: readonly Value[]) => readonly Value[],
): Emission[] {
  const { length, slide = 1 } = spec;
  const window = (end: number) => batches.slice(Math.max(0, end - length), Math.max(0, end)).flat();
  const emissions: Emission[] = [];
  let hadRecords = false;
  for (let end = 1; end <= batches.length; end++) {
    if (end % slide !== 0) continue;
    const records = window(end);
    if (records.length > 0 || hadRecords) {
      emissions.push({ time: end, start: end - length, end, partial: false, records: give(records) });
    }
    hadRecords = records.length > 0;
  }
  const next = Math.ceil(batches.length / slide) * slide;
  const fired = next - slide;
  const fresh = batches.slice(Math.max(fired, next - length)).flat();
  if (next !== batches.length && fresh.length > 0) {
    emissions.push({
      time: batches.length,
      start: next - length,
      end: next,
      partial: true,
      records: give(window(next)),
    });
  }
  return emissions;
}

function runBatches(batches: Batches, create: (run: TestRun, down: Step) => Step) {
  const run = new TestRun();
  const down = new Recorder();
  const step = create(run, down);
  batches.forEach((records, i) => {
    run.batch(step, i + 1, records);
  });
  step.finish({ time: batches.length });
  return { run, down, emissions: down.emissions };
}

const span = { time: 0, start: 0, end: 0, partial: false };

/** Batches of pairs whose values are all different, so that each record can be told apart. */
const pairBatches = fc
  .array(fc.oneof(fc.constant([]), fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 5 })), {
    maxLength: 40,
    size: 'max',
  })
  .map((batches) => {
    let next = 0;
    return batches.map((keys) => keys.map((key): Value => [key, next++]));
  });

const specs = fc
  .record({
    length: fc.integer({ min: 1, max: 9 }),
    slide: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  })
  .map(
    ({ length, slide }): BatchWindowSpec => ({ kind: 'batches', length, ...(slide === undefined ? {} : { slide }) }),
  );

describe('a window over batches', () => {
  const groupings: [string, Grouping][] = [
    ['texts put together', joining as Grouping],
    ['lists changed in place', listing(false) as Grouping],
    ['lists that are kept apart', listing(true) as Grouping],
    ['a count of all', countingAll as Grouping],
  ];
  it.each(groupings)('gives what aggregating its records again gives, in the same order: %s', (_name, grouping) => {
    fc.assert(
      fc.property(pairBatches, specs, (batches, spec) => {
        const { emissions, down } = runBatches(batches, (run, down) => windowedGroups(spec, grouping, run, down));
        expect(emissions).toEqual(model(batches, spec, (records) => aggregateOf(grouping, records, span)));
        expect(down.advances).toEqual(batches.map((_, i) => i + 1));
        expect(down.finished).toBe(1);
      }),
    );
  });

  it('gives its records in order where nothing is aggregated', () => {
    fc.assert(
      fc.property(pairBatches, specs, (batches, spec) => {
        const { emissions } = runBatches(batches, (run, down) => windowedRecords(spec, run, down));
        expect(emissions).toEqual(model(batches, spec, (records) => records));
      }),
    );
  });

  it('works over the windows of another window, also where that one gave nothing', () => {
    fc.assert(
      fc.property(
        pairBatches,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (batches, inner, length, slide) => {
          const outerSpec: BatchWindowSpec = { kind: 'batches', length: length * inner, slide: slide * inner };
          const innerSpec: BatchWindowSpec = { kind: 'batches', length: inner, slide: inner };
          // Whole inner windows only: what the end of the run cuts short has no tick of its own.
          const whole = batches.slice(0, Math.floor(batches.length / inner) * inner);
          const { emissions } = runBatches(whole, (run, down) =>
            windowedRecords(innerSpec, run, windowedGroups(outerSpec, joining as Grouping, run, down)),
          );
          const expected = model(whole, outerSpec, (records) => aggregateOf(joining, records, span));
          expect(emissions).toEqual(expected);
        },
      ),
    );
  });

  it('counts 0 once after records, and not before the first', () => {
    const { emissions } = runBatches([[], ['x', 'y'], [], [], [], [], ['z']], (run, down) =>
      windowedGroups({ kind: 'batches', length: 2, slide: 1 }, countingAll as Grouping, run, down),
    );
    expect(emissions.map(({ end, records }) => [end, ...records])).toEqual([
      [2, 2],
      [3, 2],
      [4, 0],
      [7, 1],
    ]);
  });

  it('hides what fails the filter and still counts it later', () => {
    const run = new TestRun();
    const down = new Recorder();
    const filter = opaque((record) => (record as readonly string[])[1]!.length > 4);
    const step = windowedGroups({ kind: 'batches', length: 3, slide: 1, filter }, joining as Grouping, run, down);
    run.batch(step, 1, [['a', 1]]);
    run.batch(step, 2, [['b', 2]]);
    run.batch(step, 3, [
      ['a', 3],
      ['a', 4],
    ]);
    expect(down.emissions.map(({ records }) => records)).toEqual([[], [], [['a', '1.3.4.']]]);
  });

  it('marks a window that fires with a batch cut short', () => {
    const run = new TestRun();
    const down = new Recorder();
    const step = windowedGroups({ kind: 'batches', length: 2, slide: 1 }, countingAll as Grouping, run, down);
    run.batch(step, 1, ['x']);
    run.batch(step, 2, ['y'], true);
    step.finish({ time: 2 });
    expect(down.emissions.map(({ end, partial }) => [end, partial])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('counts a record that the aggregation refuses as bad, and goes on without it', () => {
    const run = new TestRun();
    const down = new Recorder();
    const step = windowedGroups({ kind: 'batches', length: 2, slide: 1 }, joining as Grouping, run, down);
    run.batch(step, 1, ['no pair', ['a', 1]]);
    expect(run.bads).toEqual(['not a pair [key, value]']);
    expect(down.emissions[0]?.records).toEqual([['a', '1.']]);
  });

  it('fails the run when it keeps more than it may', () => {
    const run = new TestRun();
    run.stateMax = 1000;
    const step = windowedGroups({ kind: 'batches', length: 60, slide: 1 }, joining as Grouping, run, new Recorder());
    for (let tick = 1; tick <= 6; tick++) run.batch(step, tick, [['a', tick]]);
    expect(run.failures[0]).toMatchObject({ code: 'state-max', exit: 1 });
  });
});

describe('what a window keeps', () => {
  const create = (grouping: Grouping) => {
    const run = new TestRun();
    run.stateMax = 20_000;
    return { run, step: windowedGroups({ kind: 'batches', length: 2, slide: 1 }, grouping, run, new Recorder()) };
  };
  const batch = Array.from({ length: 1000 }, (_, i): Value => ['a', i]);

  it('is measured by its records where partials grow with them', () => {
    const { run, step } = create(listing(true) as Grouping);
    run.batch(step, 1, batch);
    expect(run.failures[0]).toMatchObject({ code: 'state-max' });
  });

  it('is measured by what a partial is, not by how many records it is of', () => {
    const distinct: Grouping<Set<Value>> = {
      aggregate: {
        zero: () => new Set(),
        add: (state, record) => state.add((record as readonly Value[])[0]!),
        merge: (into, from) => new Set([...into, ...from]),
        result: (state) => state.size,
        grows: true,
      },
      emit: (_key, state, _span, out) => out(state.size),
    };
    const { run, step } = create(distinct as Grouping);
    for (let tick = 1; tick <= 50; tick++) run.batch(step, tick, batch);
    expect(run.failures).toEqual([]);
  });
});

describe('the cost of a slide', () => {
  /** How many merges `slides` slides take when every batch has `keys` keys. */
  function merges(length: number, slides: number, keys: number): number {
    let count = 0;
    const plain = reducing((a, b) => Number(a) + Number(b));
    const grouping: Grouping<Value | undefined> = {
      key: opaque((record) => record!),
      aggregate: {
        ...plain,
        add: (state) => plain.add(state, 1),
        merge(into, from) {
          count++;
          return plain.merge(into, from);
        },
      },
      emit: (key, state, _span, out) => out([key, state ?? null]),
    };
    const run = new TestRun();
    const step = windowedGroups({ kind: 'batches', length, slide: 1 }, grouping as Grouping, run, new Recorder());
    const records = Array.from({ length: keys }, (_, i) => i);
    for (let tick = 1; tick <= length; tick++) run.batch(step, tick, records);
    count = 0;
    for (let tick = length + 1; tick <= length + slides; tick++) run.batch(step, tick, records);
    return count;
  }

  it('is five merges a key, and one more each time that the window is ten times as long', () => {
    for (const length of [2, 10, 100, 1000]) {
      expect(merges(length, 1000, 3) / 3000).toBeLessThanOrEqual(5 + Math.log10(length));
    }
  });

  it('is nothing for keys that neither came nor left', () => {
    let count = 0;
    const grouping: Grouping<number> = {
      key: opaque((record) => record!),
      aggregate: {
        zero: () => 0,
        add: (state) => state + 1,
        merge(into, from) {
          count++;
          return into + from;
        },
        result: (state) => state,
      },
      emit: (key, state, _span, out) => out([key, state]),
    };
    const run = new TestRun();
    const step = windowedGroups({ kind: 'batches', length: 100, slide: 1 }, grouping as Grouping, run, new Recorder());
    const many = Array.from({ length: 50 }, (_, i) => i);
    run.batch(step, 1, many);
    run.batch(step, 2, many);
    run.batch(step, 3, [0]);
    count = 0;
    for (let tick = 4; tick <= 50; tick++) run.batch(step, tick, [0]);
    expect(count).toBeLessThanOrEqual(2 * 47);
  });
});
