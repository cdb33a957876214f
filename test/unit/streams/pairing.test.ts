import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { cogroup } from '../../../src/flow/stages/cogroup.ts';
import { join } from '../../../src/flow/stages/join.ts';
import { leftOuterJoin } from '../../../src/flow/stages/leftOuterJoin.ts';
import { union } from '../../../src/flow/stages/union.ts';
import { type Side, TwoStreams } from './harness.ts';

describe('two streams of batches', () => {
  test('meet at each tick, whichever closes first', () => {
    const streams = new TwoStreams(union);
    streams.emit('left', 10, ['l']).emit('right', 10, ['r']);
    expect(streams.out).toEqual([['l', 'r']]);
    streams.emit('right', 20, ['r']).emit('left', 20, ['l']);
    expect(streams.out).toEqual([
      ['l', 'r'],
      ['l', 'r'],
    ]);
    expect(streams.spans).toEqual([
      [10, 0, 10],
      [20, 10, 20],
    ]);
  });

  test('do not wait for a side that gives nothing at a tick, once it has told the time', () => {
    const streams = new TwoStreams(leftOuterJoin);
    streams.advance('right', 10).emit('left', 10, [['a', 1]]);
    expect(streams.out).toEqual([[['a', [1, null]]]]);
    streams.emit('left', 20, [['a', 2]]);
    expect(streams.out).toHaveLength(1);
    streams.advance('right', 20);
    expect(streams.out[1]).toEqual([['a', [2, null]]]);
  });

  test('give an emission of one side alone as empty rows, and none where neither gave one', () => {
    const streams = new TwoStreams(join);
    streams
      .emit('right', 10, [['a', 1]])
      .advance('left', 10)
      .advance('right', 10);
    streams.advance('left', 20).advance('right', 20);
    expect(streams.recorder.emissions.map(({ time, records }) => [time, records])).toEqual([[10, []]]);
  });

  test('lose nothing of a side that lags behind by several ticks', () => {
    const streams = new TwoStreams(union);
    streams.emit('left', 10, [1]).emit('left', 20, [2]).emit('left', 30, [3]);
    streams.emit('right', 10, ['a']).emit('right', 30, ['c']).advance('right', 30).advance('left', 30);
    expect(streams.out).toEqual([[1, 'a'], [2], [3, 'c']]);
  });

  test('of windows of one slide and two lengths span both', () => {
    const streams = new TwoStreams(union);
    streams.emit('left', 100, [1], { start: 70 }).emit('right', 100, [2], { start: 90, partial: true });
    expect(streams.recorder.emissions).toEqual([{ time: 100, start: 70, end: 100, partial: true, records: [1, 2] }]);
  });

  test('tell what is behind them the earlier of the two times, once', () => {
    const streams = new TwoStreams(union);
    streams.tick(10, [], []).advance('left', 30).advance('right', 20).advance('right', 20).advance('right', 40);
    expect(streams.recorder.advances).toEqual([10, 20, 30]);
  });

  test('end once, when both have, and give out what waits', () => {
    const streams = new TwoStreams(union).emit('left', 10, [1]).emit('left', 20, [2]);
    streams.right.push('r');
    streams.left.finish({ time: 20 });
    expect(streams.recorder.finished).toBe(0);
    streams.right.close({ time: 20, start: 10, end: 20, partial: true });
    streams.right.finish({ time: 20 });
    expect(streams.out).toEqual([[1], [2, 'r']]);
    expect(streams.recorder.finished).toBe(1);
    expect(streams.recorder.advances).toEqual([]);
  });
});

describe('two streams of event-time windows', () => {
  const windows = () => new TwoStreams(cogroup, 'window');
  const window = (start: number) => ({ start, end: start + 10 });

  test('meet by start and end when both watermarks have passed, at the tick of the later', () => {
    const streams = windows();
    streams
      .emit('left', 100, [['a', 1]], window(0))
      .advance('left', 15, 100)
      .advance('right', 5, 100);
    streams.emit('right', 110, [['a', 2]], window(0)).advance('right', 12, 110);
    expect(streams.out).toEqual([[['a', [[1], [2]]]]]);
    expect(streams.spans).toEqual([[110, 0, 10]]);
  });

  test('a window that one side had no records for is over with its watermark', () => {
    const streams = windows();
    streams
      .emit('left', 100, [['a', 1]], window(0))
      .emit('left', 100, [['a', 2]], window(20))
      .advance('left', 30, 100);
    expect(streams.out).toEqual([]);
    streams.advance('right', 29, 110);
    expect(streams.out).toEqual([[['a', [[1], []]]]]);
    streams.advance('right', 30, 120);
    expect(streams.spans).toEqual([
      [110, 0, 10],
      [120, 20, 30],
    ]);
  });

  test('of a window that was updated only the last content counts', () => {
    const streams = windows();
    streams.emit('left', 100, [['a', 1]], window(0)).emit('right', 100, [['a', 'x']], window(0));
    streams.advance('left', 5, 100).advance('right', 12, 100);
    expect(streams.out).toEqual([]);
    streams
      .emit(
        'left',
        110,
        [
          ['a', 1],
          ['a', 2],
        ],
        window(0),
      )
      .advance('left', 10, 110);
    expect(streams.out).toEqual([[['a', [[1, 2], ['x']]]]]);
  });

  test('come out by their ends, also at the end of the run', () => {
    const streams = windows();
    streams.emit('left', 100, [['a', 1]], window(20)).advance('left', 5, 100);
    streams.left.finish({ time: 110 });
    streams.emit('right', 110, [['b', 1]], window(0)).emit('right', 110, [['a', 2]], { ...window(20), partial: true });
    expect(streams.out).toEqual([]);
    streams.right.finish({ time: 110 });
    expect(streams.recorder.emissions).toEqual([
      { time: 110, start: 0, end: 10, partial: false, records: [['b', [[], [1]]]] },
      { time: 110, start: 20, end: 30, partial: true, records: [['a', [[1], [2]]]] },
    ]);
    expect(streams.recorder.finished).toBe(1);
  });

  test('of union are put together in the same way', () => {
    const streams = new TwoStreams(union, 'window');
    streams.emit('left', 100, [1], window(10)).emit('right', 100, [2], window(0));
    streams.advance('left', 20, 100).advance('right', 20, 100);
    expect(streams.out).toEqual([[2], [1]]);
  });
});

/** For each side, at which ticks it gives something, and in which order the sides are worked on. */
const ticks = fc.array(
  fc.record({ left: fc.boolean(), right: fc.boolean(), leftFirst: fc.boolean(), tellsFirst: fc.boolean() }),
  { maxLength: 12 },
);

test('whatever the order within ticks, each emission meets that of its tick and nothing waits behind it', () => {
  fc.assert(
    fc.property(ticks, (plan) => {
      const streams = new TwoStreams(union);
      const expected: Value[][] = [];
      plan.forEach(({ left, right, leftFirst, tellsFirst }, i) => {
        const time = (i + 1) * 10;
        const sides: Side[] = leftFirst ? ['left', 'right'] : ['right', 'left'];
        const gives = { left, right };
        for (const side of sides) {
          if (gives[side]) streams.emit(side, time, [`${side}${time}`]);
          if (tellsFirst) streams.advance(side, time);
        }
        if (!tellsFirst) for (const side of sides) streams.advance(side, time);
        if (left || right) expected.push([...(left ? [`left${time}`] : []), ...(right ? [`right${time}`] : [])]);
        expect(streams.out).toEqual(expected);
      });
      expect(streams.recorder.advances).toEqual(plan.map((_, i) => (i + 1) * 10));
    }),
  );
});
