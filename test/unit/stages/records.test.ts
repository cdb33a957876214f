import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadRecord } from '../../../src/base/problem.ts';
import { END, NUMBER, objectOf, pairOf, STRING, TIME, UNKNOWN, wholeObject } from '../../../src/base/type.ts';
import type { Value } from '../../../src/base/value.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import { randomAt } from '../../../src/flow/records/random.ts';
import { filter } from '../../../src/flow/stages/filter.ts';
import { flatMap } from '../../../src/flow/stages/flatMap.ts';
import { flatMapValues } from '../../../src/flow/stages/flatMapValues.ts';
import { glom } from '../../../src/flow/stages/glom.ts';
import { keys } from '../../../src/flow/stages/keys.ts';
import { mapPartitions } from '../../../src/flow/stages/mapPartitions.ts';
import { mapValues } from '../../../src/flow/stages/mapValues.ts';
import { repartition } from '../../../src/flow/stages/repartition.ts';
import { sample } from '../../../src/flow/stages/sample.ts';
import { stamp } from '../../../src/flow/stages/stamp.ts';
import { swap } from '../../../src/flow/stages/swap.ts';
import { tap } from '../../../src/flow/stages/tap.ts';
import { values } from '../../../src/flow/stages/values.ts';
import { outOf, StageRun } from '../../support/stage.ts';

const same = opaque((record) => record!);

describe('filter', () => {
  test('keeps what counts as true', () => {
    const records = [null, false, 0, 0n, '', true, 1, -1n, 'a', [], {}];
    expect(outOf(filter, records, { f: same })).toEqual([true, 1, -1n, 'a', [], {}]);
  });
});

describe('flatMap', () => {
  test('gives the items of lists, nothing for null, and anything else is bad', () => {
    const run = new StageRun(flatMap, { f: same }).batch([1, [2]], [], null, 'abc', { a: 1 });
    expect(run.out).toEqual([[1, [2]]]);
    expect(run.bads.map(({ reason, detail }) => `${reason}: ${detail}`)).toEqual([
      'flatMap needs a list: its function gave a string',
      'flatMap needs a list: its function gave an object',
    ]);
  });
});

describe('on pairs', () => {
  const pairs = [
    ['a', [1, 2]],
    ['b', null],
  ];

  test('the value or the key alone is changed or taken', () => {
    expect(outOf(mapValues, pairs, { f: opaque((value) => [value!]) })).toEqual([
      ['a', [[1, 2]]],
      ['b', [null]],
    ]);
    expect(outOf(flatMapValues, pairs, { f: same })).toEqual([
      ['a', 1],
      ['a', 2],
    ]);
    expect(outOf(keys, pairs)).toEqual(['a', 'b']);
    expect(outOf(values, pairs)).toEqual([[1, 2], null]);
    expect(outOf(swap, pairs)).toEqual([
      [[1, 2], 'a'],
      [null, 'b'],
    ]);
  });

  test('what is no pair is bad', () => {
    for (const stage of [mapValues, flatMapValues, keys, values, swap]) {
      expect(new StageRun(stage, { f: same }).batch('a', [1], [1, 2, 3], {}).reasons).toHaveLength(4);
    }
  });

  test('the types follow', () => {
    const input = pairOf(STRING, NUMBER);
    expect(swap.gives(input, {}, {})).toEqual(pairOf(NUMBER, STRING));
    expect(mapValues.gives(input, {}, { f: STRING })).toEqual(pairOf(STRING, STRING));
  });
});

describe('partitions', () => {
  test('a batch is one, also an empty one', () => {
    expect(new StageRun(glom).batch('a', 'b').batch().out).toEqual([[['a', 'b']], [[]]]);
  });

  test('repartition cuts a batch into exactly n runs in order, of lengths that differ by one at most', () => {
    const sizes = fc.record({ n: fc.integer({ min: 1, max: 12 }), records: fc.array(fc.integer(), { maxLength: 30 }) });
    fc.assert(
      fc.property(sizes, ({ n, records }) => {
        const [runs] = new StageRun(repartition, { n }).batch(...records).emissions;
        expect(runs).toHaveLength(n);
        expect(runs!.flat()).toEqual(records);
        const lengths = runs!.map(({ length }) => length);
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('records that are lists stay whole', () => {
    expect(new StageRun(repartition, { n: 2 }).batch([1], [[2]]).emissions).toEqual([[[[1]], [[[2]]]]]);
  });

  test('a second repartition forgets the borders of the first', () => {
    expect(new StageRun(repartition, { n: 2 }).push(1).border().push(2).push(3).batch(4).emissions).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
    ]);
  });

  test('glom gives a list for each, and keeps the borders', () => {
    expect(new StageRun(glom).push(1).border().border().batch(2, 3).emissions).toEqual([[[[1]], [[]], [[2, 3]]]]);
  });

  test('mapPartitions is given each as a list', () => {
    const f = opaque((list) => [(list as Value[]).length]);
    expect(new StageRun(mapPartitions, { f }).push(1).border().batch(2, 3).batch().emissions).toEqual([
      [[1], [2]],
      [[0]],
    ]);
  });

  test('what mapPartitions cannot use is bad, and the other partitions go on', () => {
    const f = opaque((list) => {
      const [first] = list as Value[];
      if (first === 'fail') throw new BadRecord('failed');
      return first!;
    });
    const run = new StageRun(mapPartitions, { f })
      .push('fail')
      .border()
      .push('text')
      .border()
      .push(null)
      .border()
      .batch([1, 2]);
    expect(run.out).toEqual([[1, 2]]);
    expect(run.bads.map(({ reason, text }) => [reason, text])).toEqual([
      ['failed', '["fail"]'],
      ['mapPartitions needs a list', '["text"]'],
    ]);
  });
});

describe('tap', () => {
  test('shows and passes on', () => {
    const run = new StageRun(tap, { f: opaque((record) => [record!]) }).batch('a', 1);
    expect(run.traced).toEqual(['["a"]', '[1]']);
    expect(run.out).toEqual([['a', 1]]);
    expect(new StageRun(tap).batch('a', ['k', 1]).traced).toEqual(['a', '["k",1]']);
  });

  test('passes on what it cannot show', () => {
    const f = opaque(() => {
      throw new BadRecord('failed');
    });
    const run = new StageRun(tap, { f }).batch('a');
    expect(run.out).toEqual([['a']]);
    expect(run.reasons).toEqual(['failed']);
  });
});

describe('sample', () => {
  const records = Array.from({ length: 10_000 }, (_, i) => i);

  test('keeps about as many as asked for, the same in every run, in order', () => {
    for (const p of [0.01, 0.3, 0.9]) {
      const kept = outOf(sample, records, { p }) as number[];
      expect(Math.abs(kept.length / records.length - p)).toBeLessThan(0.02);
      expect(kept).toEqual(outOf(sample, records, { p }));
      expect(kept).toEqual(kept.toSorted((a, b) => a - b));
    }
    expect(outOf(sample, records, { p: 0.3, seed: 1 })).not.toEqual(outOf(sample, records, { p: 0.3 }));
  });

  test('all at 1, none at 0', () => {
    expect(outOf(sample, records, { p: 1 })).toEqual(records);
    expect(outOf(sample, records, { p: 0 })).toEqual([]);
  });

  test('goes on over the batches', () => {
    const run = new StageRun(sample, { p: 0.5 }).batch(...records.slice(0, 500)).batch(...records.slice(500, 1000));
    expect(run.out.flat()).toEqual(outOf(sample, records.slice(0, 1000), { p: 0.5 }));
  });

  test('the choices of neighbouring seeds and records have nothing to do with each other', () => {
    const both = records.filter((i) => randomAt(0, i) < 0.5 && randomAt(1, i) < 0.5).length / records.length;
    const next = records.filter((i) => randomAt(0, i) < 0.5 && randomAt(0, i + 1) < 0.5).length / records.length;
    expect(Math.abs(both - 0.25)).toBeLessThan(0.02);
    expect(Math.abs(next - 0.25)).toBeLessThan(0.02);
  });
});

describe('sample(n: …)', () => {
  const some = sample.variants!.n!;
  const records = Array.from({ length: 20 }, (_, i) => i);

  test('gives so many of a batch, in order, all where there are fewer, and others of the next one', () => {
    const run = new StageRun(some, { n: 5, seed: 0 })
      .batch(...records)
      .batch(...records)
      .batch(1, 2)
      .batch();
    const [first, second, ...others] = run.out as number[][];
    expect(first).toHaveLength(5);
    expect(first).toEqual(first!.toSorted((a, b) => a - b));
    expect(second).toHaveLength(5);
    expect(second).not.toEqual(first);
    expect(others).toEqual([[1, 2], []]);
  });

  test('each record is as likely as any other, and so is each pair of them', () => {
    const BATCHES = 4000;
    const run = new StageRun(some, { n: 5, seed: 0 });
    for (let i = 0; i < BATCHES; i++) run.batch(...records);
    const single = new Map<number, number>();
    const pairs = new Map<string, number>();
    for (const chosen of run.out as number[][]) {
      for (const [i, a] of chosen.entries()) {
        single.set(a, (single.get(a) ?? 0) + 1);
        for (const b of chosen.slice(i + 1)) pairs.set(`${a} ${b}`, (pairs.get(`${a} ${b}`) ?? 0) + 1);
      }
    }
    expect(pairs.size).toBe(190);
    // Chi-squared with 19 and 189 degrees of freedom: beyond these in one of 100,000 seeds.
    expect(deviation([...single.values()], (BATCHES * 5) / 20)).toBeLessThan(55);
    expect(deviation([...pairs.values()], (BATCHES * 10) / 190)).toBeLessThan(284);
  });
});

/** The sum of the squared distances from what was expected, each by that. */
function deviation(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('stamp', () => {
  test('puts the span into objects and makes one of anything else', () => {
    const run = new StageRun(stamp).batch({ a: 1 }, 'x').batch(['k', 2], { start: 'mine', b: 1 }).batch();
    expect(run.out).toEqual([
      [
        { a: 1, start: 0, end: 1000 },
        { start: 0, end: 1000, value: 'x' },
      ],
      [
        { start: 1000, end: 2000, value: ['k', 2] },
        { start: 1000, end: 2000, b: 1 },
      ],
      [],
    ]);
  });

  test('keeps borders, and fields named __proto__', () => {
    const run = new StageRun(stamp).push(JSON.parse('{"__proto__":1}')).border().batch(2);
    expect(run.emissions[0]).toHaveLength(2);
    expect(Object.entries(run.out[0]![0] as object)[0]).toEqual(['__proto__', 1]);
  });

  test('its type has the bounds', () => {
    const bounds = { start: TIME, end: END };
    expect(stamp.gives(objectOf({ a: STRING }), {}, {})).toEqual(objectOf({ a: STRING, ...bounds }));
    expect(stamp.gives(wholeObject({ a: STRING }), {}, {})).toEqual(wholeObject({ a: STRING, ...bounds }));
    expect(stamp.gives(STRING, {}, {})).toEqual(wholeObject({ ...bounds, value: STRING }));
    expect(stamp.gives(UNKNOWN, {}, {})).toEqual(objectOf(bounds));
  });
});
