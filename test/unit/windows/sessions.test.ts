import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import type { Grouping } from '../../../src/flow/define/grouping.ts';
import type { EventTimeSettings } from '../../../src/flow/windows/event-time.ts';
import { sessions } from '../../../src/flow/windows/sessions.ts';
import { joining, Recorder, TestRun } from './harness.ts';

/** Records are `[key, name, time]`, times in ms from here. */
const BASE = 1_000_000_000_000;
type Row = readonly [key: string, name: string, time: number];

/** `[key, names in order of arrival, start, end]` */
const named: Grouping<string> = {
  key: opaque((record) => (record as Row)[0]),
  aggregate: { ...joining.aggregate, add: (state, record) => `${state}${(record as Row)[1]}` },
  emit: (key, state, span, out) => out([key, state, span.start - BASE, span.end - BASE]),
};

const settings = (late: number): EventTimeSettings => ({
  on: opaque((record) => BASE + (record as Row)[2]),
  late,
  idle: 1000,
  future: 1000,
});

function runBatches(batches: readonly (readonly Row[])[], gap: number, late: number | undefined) {
  const run = new TestRun();
  const down = new Recorder();
  const step = sessions(named as Grouping, gap, late === undefined ? undefined : settings(late), run, down);
  batches.forEach((rows, i) => {
    run.batch(step, i + 1, rows);
  });
  step.finish({ time: batches.length });
  return { run, emissions: down.emissions, given: down.emissions.flatMap(({ records }) => records) };
}

describe('session', () => {
  it('puts together what touches or overlaps, and gives what closed in a tick by start', () => {
    const rows: Row[] = [
      ['k', 'a', 0],
      ['j', 'b', 2],
      ['k', 'c', 10],
      ['k', 'd', 40],
    ];
    const { emissions } = runBatches([rows, []], 10, 0);
    expect(emissions).toEqual([
      {
        time: 1,
        start: 0,
        end: 1,
        partial: false,
        records: [
          ['k', 'ac', 0, 20],
          ['j', 'b', 2, 12],
        ],
      },
      { time: 2, start: 1, end: 2, partial: true, records: [['k', 'd', 40, 50]] },
    ]);
  });

  it('makes one of two sessions that a record lies between, in order of arrival', () => {
    const rows: Row[] = [
      ['k', 'a', 0],
      ['k', 'b', 15],
      ['k', 'c', 2],
      ['k', 'd', 16],
      ['k', 'e', 9],
    ];
    expect(runBatches([rows], 10, 50).given).toEqual([['k', 'abcde', 0, 26]]);
  });

  it('counts as late what ended by the watermark, and adds nothing to a session that is over', () => {
    const rows: Row[] = [
      ['k', 'a', 0],
      ['j', 'x', 12],
      ['k', 'b', 1],
      ['k', 'c', 5],
    ];
    const { run, given } = runBatches([rows], 10, 0);
    expect(run.lates).toBe(1);
    expect(given).toEqual([
      ['k', 'a', 0, 10],
      ['k', 'c', 5, 15],
      ['j', 'x', 12, 22],
    ]);
  });

  it('goes by the time of arrival where no event time is given', () => {
    const k = (name: string): Row => ['k', name, 0];
    const { emissions } = runBatches([[k('a')], [], [k('b'), k('c')], [], [], [k('d')]], 2, undefined);
    expect(emissions.map(({ time, partial, records }) => [time, partial, ...records])).toEqual([
      [5, false, ['k', 'abc', 1 - BASE, 5 - BASE]],
      [6, true, ['k', 'd', 6 - BASE, 8 - BASE]],
    ]);
  });

  it('counts a record that the aggregation refuses as bad, without making the session longer', () => {
    const run = new TestRun();
    const down = new Recorder();
    const strict = { ...joining, emit: named.emit } as Grouping;
    const on = opaque((record) => BASE + Number((record as Row)[1]));
    const step = sessions(strict, 10, { ...settings(0), on }, run, down);
    run.batch(step, 1, [
      ['k', 1],
      ['k', 5, 'no pair'],
    ]);
    step.finish({ time: 1 });
    expect(run.bads).toEqual(['not a pair [key, value]']);
    expect(down.emissions[0]?.records).toEqual([['k', '1.', 1, 11]]);
  });

  it('fails the run when it keeps more than it may', () => {
    const run = new TestRun();
    run.stateMax = 1000;
    const step = sessions(named as Grouping, 10, settings(0), run, new Recorder());
    run.batch(
      step,
      1,
      Array.from({ length: 6 }, (_, i) => [`k${i}`, 'a', i]),
    );
    expect(run.failures[0]).toMatchObject({ code: 'state-max', exit: 1 });
  });
});

/** What must come out, by hand: sessions as plain lists of records, judged one record after the other. */
function model(rows: readonly Row[], gap: number, late: number): Value[] {
  let open: { key: string; start: number; end: number; held: number[] }[] = [];
  const closed: typeof open = [];
  let watermark = Number.NEGATIVE_INFINITY;
  rows.forEach(([key, , time], i) => {
    const isOver = (session: (typeof open)[number]) => session.end <= watermark;
    closed.push(...open.filter(isOver));
    open = open.filter((session) => !isOver(session));
    if (time + gap > watermark) {
      const isTouched = (session: (typeof open)[number]) =>
        session.key === key && session.start <= time + gap && time <= session.end;
      const touched = open.filter(isTouched);
      open = open.filter((session) => !isTouched(session));
      open.push({
        key,
        start: Math.min(time, ...touched.map(({ start }) => start)),
        end: Math.max(time + gap, ...touched.map(({ end }) => end)),
        held: [...touched.flatMap(({ held }) => held), i],
      });
    }
    watermark = Math.max(watermark, time - late);
  });
  return [...closed, ...open].map(({ key, start, end, held }) => [
    key,
    held
      .toSorted((a, b) => a - b)
      .map((i) => rows[i]![1])
      .join(''),
    start,
    end,
  ]);
}

const sorted = (given: readonly Value[]) => given.map((value) => JSON.stringify(value)).sort();

describe('sessions', () => {
  const rows = fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 60 })), { maxLength: 40, size: 'max' })
    .map((pairs) => pairs.map(([key, time], i): Row => [key, String.fromCharCode(65 + i), time]));
  const gaps = fc.integer({ min: 1, max: 12 });
  const lates = fc.integer({ min: 0, max: 30 });

  it('are what a plain model gives, wherever the records are cut into batches', () => {
    fc.assert(
      fc.property(rows, gaps, lates, fc.array(fc.nat({ max: 40 }), { maxLength: 6 }), (all, gap, late, cuts) => {
        const borders = [0, ...cuts.filter((cut) => cut <= all.length).sort((a, b) => a - b), all.length];
        const batches = borders.slice(1).map((border, i) => all.slice(borders[i], border));
        const { emissions, given } = runBatches(batches, gap, late);
        expect(sorted(given)).toEqual(sorted(model(all, gap, late)));
        for (const { records } of emissions) {
          const starts = records.map((record) => (record as number[])[2]!);
          expect(starts).toEqual(starts.toSorted((a, b) => a - b));
        }
      }),
    );
  });
});
