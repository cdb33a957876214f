import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import type { Batch } from '../../../src/run/serve/batch.ts';
import { type Changes, changesBetween } from '../../../src/run/serve/changes.ts';

interface Row {
  readonly key: string;
  readonly row: Value;
}

function batchOf(rows: readonly Row[]): Batch {
  const span = { time: 0, start: 0, end: 0, partial: false };
  return {
    number: 1,
    span,
    records: rows.map(({ row }) => row),
    keys: rows.map(({ key }) => key),
    leftOut: 0,
    read: undefined,
  };
}

/** What a client does. */
function applied(before: readonly Row[], { gone, keys, rows, at }: Changes): readonly Row[] {
  const put = keys.map((key, i) => ({ key, row: rows[i]! }));
  if (at === undefined) {
    const byKey = new Map(before.map(({ key, row }) => [key, row]));
    for (const key of gone) byKey.delete(key);
    for (const { key, row } of put) byKey.set(key, row);
    return [...byKey].map(([key, row]) => ({ key, row }));
  }
  const list = before.filter(({ key }) => !gone.includes(key) && !keys.includes(key));
  for (const [i, place] of at.entries()) list.splice(place, 0, put[i]!);
  return list;
}

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/** Rows of equal value are one object, as a view has them. */
const ROWS = [0, 1, 2].map((n) => ({ n }));
const batches = fc
  .shuffledSubarray(KEYS)
  .chain((keys) =>
    fc
      .array(fc.integer({ min: 0, max: 2 }), { minLength: keys.length, maxLength: keys.length })
      .map((values) => keys.map((key, i): Row => ({ key, row: ROWS[values[i]!]! }))),
  );

test('a client that puts what changed has the rows of the next batch, in their order', () => {
  fc.assert(
    fc.property(batches, batches, (before, after) => {
      const changes = changesBetween(batchOf(before), batchOf(after), true);
      expect(applied(before, changes as Changes)).toEqual(after);
    }),
  );
});

test('where order does not count, it has the same rows', () => {
  fc.assert(
    fc.property(batches, batches, (before, after) => {
      const changes = changesBetween(batchOf(before), batchOf(after), false) as Changes;
      const sorted = (rows: readonly Row[]) => [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
      expect(sorted(applied(before, changes))).toEqual(sorted(after));
      expect(changes.at).toBeUndefined();
    }),
  );
});

test('rows that stay in their order are not sent again', () => {
  const rows = KEYS.map((key): Row => ({ key, row: ROWS[0]! }));
  const [first, ...others] = rows;
  const changes = changesBetween(batchOf(rows), batchOf([...others, first!]), true);
  expect(changes).toEqual({ gone: [], keys: ['a'], rows: [ROWS[0]], at: [7] });
});

test('an order that is another one altogether is told, so that it is given up', () => {
  const rows = Array.from({ length: 100 }, (_, i): Row => ({ key: `${i}`, row: ROWS[0]! }));
  expect(changesBetween(batchOf(rows), batchOf(rows.toReversed()), true)).toBe('reordered');
});

test('without keys nothing can be told', () => {
  const unknown = { ...batchOf([]), keys: undefined };
  expect(changesBetween(unknown, batchOf([]), true)).toBeUndefined();
  expect(changesBetween(batchOf([]), unknown, true)).toBeUndefined();
});
