import { describe, expect, it } from 'vitest';
import type { Grouping } from '../../../src/flow/define/grouping.ts';
import { runningGroups, runningRecords } from '../../../src/flow/windows/running.ts';
import { countingAll, joining, Recorder, TestRun } from './harness.ts';

describe('running', () => {
  it('gives all groups from the start of the run in every batch, from the first record on', () => {
    const run = new TestRun();
    const down = new Recorder();
    const step = runningGroups(joining as Grouping, run, down);
    run.batch(step, 1, []);
    run.batch(step, 2, [['b', 1], 'no pair', ['a', 2]]);
    run.batch(step, 3, []);
    run.batch(step, 4, [['b', 3]], true);
    step.finish({ time: 4 });
    expect(down.emissions).toEqual([
      {
        time: 2,
        start: 0,
        end: 2,
        partial: false,
        records: [
          ['b', '1.'],
          ['a', '2.'],
        ],
      },
      {
        time: 3,
        start: 0,
        end: 3,
        partial: false,
        records: [
          ['b', '1.'],
          ['a', '2.'],
        ],
      },
      {
        time: 4,
        start: 0,
        end: 4,
        partial: true,
        records: [
          ['b', '1.3.'],
          ['a', '2.'],
        ],
      },
    ]);
    expect(run.bads).toEqual(['not a pair [key, value]']);
    expect([down.advances, down.finished]).toEqual([[1, 2, 3, 4], 1]);
  });

  it('gives all records so far where nothing is aggregated, and fails when they are too many', () => {
    const run = new TestRun();
    run.stateMax = 500;
    const down = new Recorder();
    const step = runningRecords(run, down);
    run.batch(step, 1, ['x']);
    run.batch(step, 2, ['y']);
    expect(down.emissions.map(({ records }) => records)).toEqual([['x'], ['x', 'y']]);
    expect(run.failures).toEqual([]);
    run.batch(step, 3, ['z'.repeat(1000)]);
    expect(run.failures[0]).toMatchObject({ code: 'state-max' });
  });

  it('counts on', () => {
    const run = new TestRun();
    const down = new Recorder();
    const step = runningGroups(countingAll as Grouping, run, down);
    for (const [i, records] of [['a'], [], ['b', 'c']].entries()) run.batch(step, i + 1, records);
    expect(down.emissions.flatMap(({ records }) => records)).toEqual([1, 1, 3]);
  });
});
