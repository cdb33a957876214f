import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadRecord } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import type { Grouping } from '../../../src/flow/define/grouping.ts';
import { type EventWindowSpec, eventWindows } from '../../../src/flow/windows/event-windows.ts';
import { aggregateOf, countingAll, joining, Recorder, TestRun } from './harness.ts';

/** Records are `[key, time]`, times in ms from here, so that they are told as ms. */
const BASE = 1_000_000_000_000;

const onTime = (record: Value): Value => {
  if (!Array.isArray(record)) throw new BadRecord('not a list');
  return record[1] as Value;
};

function spec(settings: Partial<EventWindowSpec> = {}): EventWindowSpec & { readonly late: number } {
  return {
    kind: 'event',
    length: 10,
    slide: 10,
    on: opaque(onTime),
    idle: 1000,
    future: 1000,
    emit: 'close',
    ...settings,
    late: settings.late ?? 0,
  };
}

const at = (...times: number[]): Value[] => times.map((time) => ['k', BASE + time]);

/** Runs records in batches and tells what came out, times from BASE. */
function runBatches(
  batches: readonly (readonly Value[])[],
  settings: Partial<EventWindowSpec>,
  grouping: Grouping | undefined,
) {
  const run = new TestRun();
  const down = new Recorder();
  const step = eventWindows(spec(settings), grouping, run, down);
  batches.forEach((records, i) => {
    run.batch(step, i + 1, records);
  });
  step.finish({ time: batches.length });
  const emissions = down.emissions.map(({ start, end, ...rest }) => ({
    ...rest,
    start: start - BASE,
    end: end - BASE,
  }));
  return { run, down, emissions };
}

const counted = (batches: readonly (readonly Value[])[], settings: Partial<EventWindowSpec> = {}) =>
  runBatches(batches, settings, countingAll as Grouping).emissions.map(
    ({ time, start, end, partial, records }) =>
      `${time}: [${start}, ${end})${partial ? ' partial' : ''} ${records.join(' ')}`,
  );

describe('a window by event time', () => {
  it('comes out at the tick when the watermark reached its end, and at the end as partial', () => {
    expect(counted([at(1, 5), at(9, 10), at(12)])).toEqual(['2: [0, 10) 3', '3: [10, 20) partial 2']);
  });

  it('waits for the watermark behind by late', () => {
    expect(counted([at(1), at(14), at(9), at(15)], { late: 5 })).toEqual(['4: [0, 10) 2', '4: [10, 20) partial 2']);
  });

  it('is left out where it got no record', () => {
    expect(counted([at(1), at(45)])).toEqual(['2: [0, 10) 1', '2: [40, 50) partial 1']);
  });

  it('overlaps where the slide is shorter, and leaves times out where it is longer', () => {
    expect(counted([at(12), at(40)], { slide: 5 })).toEqual([
      '2: [5, 15) 1',
      '2: [10, 20) 1',
      '2: [35, 45) partial 1',
      '2: [40, 50) partial 1',
    ]);
    expect(counted([at(3, 15, 22, 90)], { slide: 20 })).toEqual(['1: [0, 10) 1', '1: [20, 30) 1']);
  });

  it('counts a record as late by the watermark of the records before it, in the same batch too', () => {
    const { run, emissions } = runBatches([at(5, 10, 9, 11)], {}, countingAll as Grouping);
    expect(run.lates).toBe(1);
    expect(emissions.map(({ records }) => records)).toEqual([[1], [2]]);
  });

  it('adds a late record to those of its windows that are still open', () => {
    const { run } = runBatches([at(12, 15, 12)], { slide: 5 }, countingAll as Grouping);
    expect(run.lates).toBe(0);
    expect(counted([at(12, 15, 12)], { slide: 5 })).toEqual([
      '1: [5, 15) 1',
      '1: [10, 20) partial 3',
      '1: [15, 25) partial 1',
    ]);
  });

  it('gives each batch what changed with emit: "update", and once what changed and closed', () => {
    expect(counted([at(1), at(2), [], at(9, 10), at(30)], { emit: 'update' })).toEqual([
      '1: [0, 10) 1',
      '2: [0, 10) 2',
      '4: [0, 10) 3',
      '4: [10, 20) 1',
      '5: [10, 20) 1',
      '5: [30, 40) 1',
      '5: [30, 40) partial 1',
    ]);
  });

  it('takes the least watermark of the sources that have data, until one is idle', () => {
    const run = new TestRun();
    const down = new Recorder();
    const step = eventWindows(spec({ idle: 3 }), countingAll as Grouping, run, down);
    run.from(0);
    step.push(['k', BASE + 5]);
    run.from(1);
    run.batch(step, 1, at(3));
    run.from(0);
    run.batch(step, 2, at(15));
    run.batch(step, 3, at(16));
    expect(down.emissions).toEqual([]);
    run.batch(step, 4, at(17));
    expect(down.emissions.map(({ start, records }) => [start - BASE, ...records])).toEqual([[0, 2]]);
  });

  it('lets a source that was idle hold the watermark back again, without moving it back', () => {
    const run = new TestRun();
    const down = new Recorder();
    const step = eventWindows(spec({ idle: 2 }), countingAll as Grouping, run, down);
    run.from(1);
    step.push(['k', BASE + 1]);
    run.from(0);
    run.batch(step, 1, at(2));
    run.batch(step, 2, at(12));
    run.batch(step, 3, at(13));
    expect(down.emissions.map(({ start }) => start - BASE)).toEqual([0]);
    run.from(1);
    run.batch(step, 4, at(14, 9));
    run.from(0);
    run.batch(step, 5, at(25));
    expect(down.emissions.length).toBe(1);
    expect(run.lates).toBe(1);
    run.from(1);
    run.batch(step, 6, at(21));
    expect(down.emissions.map(({ start }) => start - BASE)).toEqual([0, 10]);
  });

  it('never moves the watermark back, also when a source begins behind it', () => {
    const run = new TestRun();
    const step = eventWindows(spec(), countingAll as Grouping, run, new Recorder());
    run.from(0);
    run.batch(step, 1, at(20));
    run.from(1);
    run.batch(step, 2, at(3, 4, 20));
    expect(run.lates).toBe(2);
  });

  it('tells what is behind it how far event time has come', () => {
    const { down } = runBatches([[], at(12), []], { late: 2 }, countingAll as Grouping);
    expect(down.advances).toEqual([BASE + 10, BASE + 10]);
  });

  it('gives its records in order of arrival where nothing is aggregated', () => {
    const { emissions } = runBatches([at(3, 1), at(2), at(10)], { late: 5 }, undefined);
    expect(emissions[0]?.records).toEqual(at(3, 1, 2));
  });

  it('hides what fails the filter', () => {
    const filter = opaque((record) => Number(record) > 1);
    const { emissions } = runBatches([at(1, 11, 12, 20)], { filter }, countingAll as Grouping);
    expect(emissions.map(({ records }) => records)).toEqual([[], [2], []]);
  });

  it('takes a stamp too far ahead of the clock for bad, where time is real', () => {
    for (const live of [true, false]) {
      const run = new TestRun();
      run.live = live;
      run.clock.moveTo(BASE);
      const step = eventWindows(spec(), countingAll as Grouping, run, new Recorder());
      run.batch(step, 1, at(1001, 5));
      expect([run.bads.length, run.lates]).toEqual(live ? [1, 0] : [0, 1]);
    }
  });

  it('takes what is no time for bad', () => {
    const { run } = runBatches([[['k', 'soon'], ['k', null], 'x', ['k', '2026-01-01']]], {}, countingAll as Grouping);
    expect(run.bads).toEqual(['event time is not a time', 'event time is not a time', 'not a list']);
  });

  it('appends late records to a file, and fails with exit 4 where it cannot', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'late-'));
    try {
      const lateTo = join(directory, 'late.jsonl');
      await runBatches([at(10, 3), at(4)], { lateTo }, countingAll as Grouping).run.close();
      await runBatches([at(10, 5)], { lateTo }, countingAll as Grouping).run.close();
      const lines = readFileSync(lateTo, 'utf8').split('\n');
      expect(lines).toEqual([3, 4, 5].map((time) => `["k",${BASE + time}]`).concat(''));
      const open = () => runBatches([], { lateTo: directory }, countingAll as Grouping);
      expect(open).toThrow(expect.objectContaining({ code: 'late-file', exit: 4 }));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

/** What must come out, by hand: each record judged in order, each window aggregated from its records. */
function model(records: readonly Value[], { length, slide, late }: ReturnType<typeof spec>) {
  const windows = new Map<number, Value[]>();
  let watermark = Number.NEGATIVE_INFINITY;
  for (const record of records) {
    const time = (record as readonly number[])[1]!;
    for (let start = Math.ceil((time - length + 1) / slide) * slide; start <= time; start += slide) {
      if (start + length > watermark) windows.set(start, [...(windows.get(start) ?? []), record]);
    }
    watermark = Math.max(watermark, time - late);
  }
  return [...windows]
    .sort(([a], [b]) => a - b)
    .map(([start, held]) => ({
      start: start - BASE,
      end: start - BASE + length,
      partial: start + length > watermark,
      records: aggregateOf(joining, held, { time: 0, start: 0, end: 0, partial: false }),
    }));
}

const records = fc.array(
  fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 60 }))
    .map(([key, time]): Value => [key, BASE + time]),
  { maxLength: 30, size: 'max' },
);
const settings = fc.record({
  length: fc.integer({ min: 1, max: 12 }),
  slide: fc.integer({ min: 1, max: 12 }),
  late: fc.integer({ min: 0, max: 20 }),
});

describe('windows by event time', () => {
  it('are the same wherever the records are cut into batches', () => {
    fc.assert(
      fc.property(records, settings, fc.array(fc.nat({ max: 30 }), { maxLength: 6 }), (all, chosen, cuts) => {
        const borders = [0, ...cuts.filter((cut) => cut <= all.length).sort((a, b) => a - b), all.length];
        const batches = borders.slice(1).map((border, i) => all.slice(borders[i], border));
        const { emissions } = runBatches(batches, chosen, joining as Grouping);
        const plain = emissions
          .map(({ start, end, partial, records }) => ({ start, end, partial, records }))
          .sort((a, b) => a.start - b.start);
        expect(plain).toEqual(model(all, spec(chosen)));
      }),
    );
  });

  it('are the same however records are shuffled that are not behind by more than late', () => {
    const shuffled = fc
      .tuple(records, settings, fc.array(fc.nat({ max: 100 }), { minLength: 30, maxLength: 30 }))
      .map(([all, chosen, noise]) => {
        const sorted = all.toSorted((a, b) => (a as number[])[1]! - (b as number[])[1]!);
        // Each record is held up by at most late, so when it comes no record seen is more than late ahead of it.
        const held = sorted.map((record, i) => ({
          record,
          at: (record as number[])[1]! + (noise[i]! % (chosen.late + 1)),
        }));
        return { sorted, chosen, shuffled: held.toSorted((a, b) => a.at - b.at).map(({ record }) => record) };
      });
    const keyed = { ...countingAll, emitsEmpty: false } as Grouping;
    fc.assert(
      fc.property(shuffled, ({ sorted, chosen, shuffled }) => {
        const inOrder = runBatches([sorted], chosen, keyed);
        const outOfOrder = runBatches([shuffled], chosen, keyed);
        expect(outOfOrder.run.lates).toBe(0);
        expect(outOfOrder.emissions).toEqual(inOrder.emissions);
      }),
    );
  });
});
