import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { same } from '../../../src/base/compare.ts';
import type { Value } from '../../../src/base/value.ts';
import type { StageDefinition } from '../../../src/flow/define/stage.ts';
import { cogroup } from '../../../src/flow/stages/cogroup.ts';
import { fullOuterJoin } from '../../../src/flow/stages/fullOuterJoin.ts';
import { join } from '../../../src/flow/stages/join.ts';
import { leftOuterJoin } from '../../../src/flow/stages/leftOuterJoin.ts';
import { rightOuterJoin } from '../../../src/flow/stages/rightOuterJoin.ts';
import { union } from '../../../src/flow/stages/union.ts';
import { TwoStreams } from './harness.ts';

type Pairs = readonly (readonly [Value, Value])[];

const joined = (stage: StageDefinition, left: readonly Value[], right: readonly Value[]) =>
  new TwoStreams(stage).tick(10, left, right).out[0];

const LEFT: Pairs = [
  ['b', 1],
  ['a', 2],
  ['x', 3],
  ['a', 4],
];
const RIGHT: Pairs = [
  ['z', 'p'],
  ['a', 'q'],
  ['b', 'r'],
  ['a', 's'],
  ['z', 't'],
];
const MATCHED = [
  ['b', [1, 'r']],
  ['a', [2, 'q']],
  ['a', [2, 's']],
];
const MATCHED_LATER = [
  ['a', [4, 'q']],
  ['a', [4, 's']],
];
const RIGHT_ALONE = [
  ['z', [null, 'p']],
  ['z', [null, 't']],
];

describe('joins', () => {
  test('give the product of the values of a key, in the order of the left stream', () => {
    expect(joined(join, LEFT, RIGHT)).toEqual([...MATCHED, ...MATCHED_LATER]);
  });

  test('outer ones give null for what is missing, the right stream last', () => {
    const x = ['x', [3, null]];
    expect(joined(leftOuterJoin, LEFT, RIGHT)).toEqual([...MATCHED, x, ...MATCHED_LATER]);
    expect(joined(rightOuterJoin, LEFT, RIGHT)).toEqual([...MATCHED, ...MATCHED_LATER, ...RIGHT_ALONE]);
    expect(joined(fullOuterJoin, LEFT, RIGHT)).toEqual([...MATCHED, x, ...MATCHED_LATER, ...RIGHT_ALONE]);
  });

  test('cogroup gives the values of each key in two lists', () => {
    expect(joined(cogroup, LEFT, RIGHT)).toEqual([
      ['b', [[1], ['r']]],
      [
        'a',
        [
          [2, 4],
          ['q', 's'],
        ],
      ],
      ['x', [[3], []]],
      ['z', [[], ['p', 't']]],
    ]);
  });

  test('tell keys apart by content, but for numbers and texts of one spelling; null is a key, and so is every kind of value', () => {
    const left: Pairs = [
      [null, 1],
      [{ a: 1, b: 2 }, 2],
      [1, 3],
      ['null', 4],
    ];
    const right: Pairs = [
      [{ b: 2, a: 1 }, 'object'],
      ['1', 'text'],
      [1n, 'big'],
      [null, 'null'],
    ];
    expect(joined(join, left, right)).toEqual([
      [null, [1, 'null']],
      [{ a: 1, b: 2 }, [2, 'object']],
      [1, [3, 'text']],
      [1, [3, 'big']],
    ]);
  });

  test('report what is no pair, on either side', () => {
    const streams = new TwoStreams(join).tick(10, ['a', ['a', 1]], [['a'], ['a', 2]]);
    expect(streams.out).toEqual([[['a', [1, 2]]]]);
    expect(streams.run.bads).toEqual(['not a pair [key, value]', 'not a pair [key, value]']);
  });

  test('do not join what came in different batches', () => {
    const streams = new TwoStreams(join).tick(10, [['a', 1]], []).tick(20, [], [['a', 2]]);
    expect(streams.out).toEqual([[], []]);
  });

  test('end the run when they would hold too much', () => {
    const streams = new TwoStreams(join);
    streams.run.stateMax = 100_000;
    for (let time = 10; time < 500; time += 10) streams.tick(time, [['a', 'x'.repeat(10_000)]], []);
    expect(streams.run.failures).toEqual([]);
    for (let time = 500; time < 600; time += 10) streams.emit('left', time, [['a', 'x'.repeat(10_000)]]);
    expect(streams.run.failures.map(({ code, exit }) => [code, exit])).toEqual([['state-max', 1]]);
  });
});

const pairs = fc.array(
  fc.tuple(fc.oneof(fc.nat(3), fc.constantFrom<Value>('0', null, [1], { a: 1 })), fc.string({ maxLength: 2 })),
  { maxLength: 8 },
);

/** Nested loops. */
function loops(left: Pairs, right: Pairs, keepLeft: boolean, keepRight: boolean): Value[] {
  const rows: Value[] = [];
  for (const [key, value] of left) {
    const partners = right.filter(([other]) => same(key, other));
    for (const [, partner] of partners) rows.push([key, [value, partner]]);
    if (partners.length === 0 && keepLeft) rows.push([key, [value, null]]);
  }
  for (const [key, value] of right) {
    if (keepRight && !left.some(([other]) => same(key, other))) rows.push([key, [null, value]]);
  }
  return rows;
}

test('joins are nested loops', () => {
  fc.assert(
    fc.property(pairs, pairs, (left, right) => {
      expect(joined(join, left, right)).toEqual(loops(left, right, false, false));
      expect(joined(leftOuterJoin, left, right)).toEqual(loops(left, right, true, false));
      expect(joined(rightOuterJoin, left, right)).toEqual(loops(left, right, false, true));
      expect(joined(fullOuterJoin, left, right)).toEqual(loops(left, right, true, true));
      const groups = joined(cogroup, left, right)!.flatMap((group) => {
        const [key, [ours, theirs]] = group as unknown as [Value, [Value[], Value[]]];
        // The key of a group is the one that came first.
        return ours.flatMap((value) =>
          theirs.map((partner) => [typeof key === 'number' ? String(key) : key, value, partner]),
        );
      });
      const inner = loops(left, right, false, false).map((row) => {
        const [key, [value, partner]] = row as unknown as [Value, [Value, Value]];
        return [typeof key === 'number' ? String(key) : key, value, partner];
      });
      const inOrder = (rows: readonly Value[]) => rows.map((row) => JSON.stringify(row)).sort();
      expect(inOrder(groups)).toEqual(inOrder(inner));
    }),
  );
});

describe('union', () => {
  test('gives this stream, then the other, batch by batch', () => {
    const streams = new TwoStreams(union)
      .tick(10, [1, 'a'], [null])
      .tick(20, [], [[2]])
      .tick(30, [3], []);
    expect(streams.out).toEqual([[1, 'a', null], [[2]], [3]]);
  });

  test('gives this stream on as it comes, and keeps the other until then', () => {
    const given: Value[] = [];
    const { behaviour } = union;
    if (behaviour.kind !== 'streams') throw new Error('union takes two streams');
    const { left, right } = behaviour.create(
      {},
      new TwoStreams(union).run,
      { push: (record) => given.push(record), close: () => given.push('close'), advance() {}, finish() {} },
      'tick',
    );
    right.push('r1');
    left.push('l1');
    right.push('r2');
    left.push('l2');
    expect(given).toEqual(['l1', 'l2']);
    right.close({ time: 10, start: 0, end: 10, partial: false });
    left.push('l3');
    left.close({ time: 10, start: 0, end: 10, partial: false });
    expect(given).toEqual(['l1', 'l2', 'l3', 'r1', 'r2', 'close']);
  });
});
