import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equal } from '../../../src/base/compare.ts';
import { BadRecord } from '../../../src/base/problem.ts';
import { field, type Value } from '../../../src/base/value.ts';
import { type Lambda, opaque } from '../../../src/flow/define/compiled.ts';
import { itself } from '../../../src/flow/groups/groupings.ts';
import { deduping } from '../../../src/flow/stages/dedupe.ts';
import { AllPassTimes } from '../../../src/flow/state/all-pass-times.ts';
import { type KeyedState, openState } from '../../../src/flow/state/keyed-state.ts';
import type { PassTimes } from '../../../src/flow/state/recent-pass-times.ts';
import { TestRun } from '../windows/harness.ts';
import { INTERVAL, StateRun } from './harness.ts';

interface Options {
  readonly by?: Lambda;
  readonly within?: number;
  readonly on?: Lambda;
}

/** A dedupe whose state can be looked at. */
function deduped({ by, within, on }: Options = {}) {
  let state!: KeyedState<PassTimes>;
  const run = new StateRun((run, down) => {
    state = openState(run, 'dedupe', '');
    return deduping({ by: by === undefined ? itself : opaque(by), within, on: on && opaque(on) }, run, down, state);
  });
  return { run, state };
}

const id: Lambda = (record) => field(record!, 'id');
const at: Lambda = (record) => field(record!, 'at');

describe('dedupe', () => {
  test('passes the first of each content on, once in the run', () => {
    const { run } = deduped();
    run.batch('a', { x: 1, y: [2] }, 'a', 1, '1', null).batch({ y: [2], x: 1 }, 1n, null, 'b');
    expect(run.out).toEqual([['a', { x: 1, y: [2] }, 1, '1', null], ['b']]);
  });

  test('tells records apart by what it is told, and passes the whole record', () => {
    const { run } = deduped({ by: id });
    run.batch({ id: 1, n: 1 }, { id: 1, n: 2 }, { id: 2, n: 3 });
    expect(run.out).toEqual([
      [
        { id: 1, n: 1 },
        { id: 2, n: 3 },
      ],
    ]);
  });

  test('passes a record on again after exactly `within`, counted from the last that was passed on', () => {
    const { run } = deduped({ within: 2 * INTERVAL });
    for (let i = 0; i < 6; i++) run.batch('a', 'a');
    expect(run.out).toEqual([['a'], [], ['a'], [], ['a'], []]);
  });

  test('a failing `by` makes a bad record', () => {
    const { run } = deduped({
      by: (record) => {
        if (record === 'bad') throw new BadRecord('bad key');
        return record!;
      },
    });
    run.batch('bad', 'a', 'bad');
    expect(run.out).toEqual([['a']]);
    expect(run.run.bads).toEqual(['bad key', 'bad key']);
  });

  test('forgets what can no longer matter', () => {
    const { run, state } = deduped({ within: 3 * INTERVAL });
    for (let i = 0; i < 100; i++) {
      run.batch(i);
      expect(state.size).toBeLessThanOrEqual(6);
    }
    const inEventTime = deduped({ within: 30, by: id, on: at });
    for (let i = 0; i < 200; i++) {
      inEventTime.run.batch({ id: i, at: 1e12 + 10 * i }, { id: 'same', at: 1e12 + 10 * i });
      expect(inEventTime.state.size).toBeLessThanOrEqual(10);
    }
    expect(inEventTime.state.get('same')!.length).toBeLessThanOrEqual(4);
  });

  test('in event time goes by the times of the records, in both directions, and counts late ones', () => {
    const { run } = deduped({ by: id, within: 10, on: at });
    const record = (id: string, time: number) => ({ id, at: 1e12 + time });
    run
      .batch(record('a', 100), record('a', 109), record('b', 109), record('a', 110))
      .batch(
        record('b', 100),
        record('b', 99),
        record('c', 99),
        record('c', 100),
        record('a', 200),
        record('d', 189),
        record('d', 190),
      );
    expect(run.out).toEqual([
      [record('a', 100), record('b', 109), record('a', 110)],
      [record('c', 100), record('a', 200), record('d', 190)],
    ]);
    expect(run.run.lates).toBe(3);
  });

  test('in event time reads texts, and makes bad what is no time', () => {
    const { run } = deduped({ by: id, within: 60_000, on: at });
    run.batch(
      { id: 1, at: '2026-01-31T10:00:00Z' },
      { id: 1, at: '2026-01-31T10:00:59Z' },
      { id: 1, at: '2026-01-31T10:01:00Z' },
      { id: 2, at: 'soon' },
      { id: 2 },
    );
    expect(run.out[0]).toHaveLength(2);
    expect(run.run.bads).toEqual(['event time is not a time', 'event time is not a time']);
  });

  test('in event time does not wait for a source that has nothing', () => {
    const { run, state } = deduped({ by: id, within: 10, on: at });
    run.run.from(0);
    run.batch({ id: 'old', at: 1e12 });
    run.run.from(1);
    for (let i = 1; i <= 5; i++) run.batch({ id: i, at: 1e12 + 1000 * i });
    expect(state.size).toBe(6);
    run.run.tick = 20_000;
    run.batch({ id: 6, at: 1e12 + 6000 }).batch();
    expect(state.size).toBeLessThan(3);
  });
});

const keys = fc.constantFrom<Value>('a', 'b', null, [1]);

test('dedupe in batch time is a look at all that was passed on', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(keys, { maxLength: 3 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 50 }),
      (batches, within) => {
        const { run } = deduped({ within });
        const passed: { record: Value; time: number }[] = [];
        const expected = batches.map((batch, i) =>
          batch.filter((record) => {
            const time = (i + 1) * INTERVAL;
            if (passed.some((other) => equal(other.record, record) && time - other.time < within)) return false;
            passed.push({ record, time });
            return true;
          }),
        );
        for (const batch of batches) run.batch(...batch);
        expect(run.out).toEqual(expected);
      },
    ),
  );
});

test('dedupe in event time is a look at all that was passed on, wherever batches end', () => {
  const record = fc.record({ id: keys, at: fc.integer({ min: 0, max: 60 }) });
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 30 }),
      fc.integer({ min: 1, max: 25 }),
      fc.nat(4),
      (records, within, size) => {
        const { run } = deduped({ by: id, within, on: (record) => 1e12 + (at(record!) as number) });
        const passed: typeof records = [];
        let highest = Number.NEGATIVE_INFINITY;
        let lates = 0;
        for (const record of records) {
          highest = Math.max(highest, record.at);
          const isNear = (other: typeof record) =>
            equal(other.id, record.id) && Math.abs(record.at - other.at) < within;
          if (record.at < highest - within) lates++;
          else if (!passed.some(isNear)) passed.push(record);
        }
        for (let i = 0; i < records.length; i += size + 1) run.batch(...records.slice(i, i + size + 1));
        expect(run.out.flat()).toEqual(passed);
        expect(run.run.lates).toBe(lates);
      },
    ),
  );
});

test('where nothing is forgotten, a record is held against all that was passed on, however many and however long before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: fc.constantFrom<Value>('a', ['a', 0]), at: fc.nat(3000) }), {
        maxLength: 600,
        size: 'max',
      }),
      fc.oneof(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 12 })),
      fc.boolean(),
      (records, within, isInOrder) => {
        const ordered = isInOrder ? records.toSorted((a, b) => a.at - b.at) : records;
        const all = new AllPassTimes(new TestRun(), within, '');
        const passed: typeof records = [];
        for (const record of ordered) {
          const isNear = (other: typeof record) =>
            equal(other.id, record.id) && Math.abs(record.at - other.at) < within;
          const isNew = !passed.some(isNear);
          expect(all.isNew(record.id, record.at)).toBe(isNew);
          if (isNew) passed.push(record);
        }
      },
    ),
    { numRuns: 50 },
  );
});
