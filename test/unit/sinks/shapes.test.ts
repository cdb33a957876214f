import { describe, expect, test } from 'vitest';
import { nameOf } from '../../../src/base/field-key.ts';
import type { Value } from '../../../src/base/value.ts';
import { shapeOf } from '../../../src/flow/shapes/shape.ts';

/** What records are best drawn as, where fields called `t` are times. */
function shape(records: readonly Value[], isSeries = false) {
  return shapeOf({
    records,
    isSeries,
    isTime: ([step, ...rest]) => rest.length === 0 && typeof step === 'string' && nameOf(step) === 't',
  });
}

const many = (count: number, make: (i: number) => Value) => Array.from({ length: count }, (_, i) => make(i));

describe('a result is best drawn as', () => {
  test.each<[string, Value[], boolean, string]>([
    ['nothing', [], false, 'table'],
    ['one number', [5], false, 'number'],
    ['one number after the other', [5], true, 'line'],
    ['many numbers', [5, 6, 7], true, 'histogram'],
    [
      'pairs',
      [
        ['a', 1],
        ['b', 2],
      ],
      false,
      'bar',
    ],
    [
      'pairs over time',
      [
        ['a', 1],
        ['b', 2],
      ],
      true,
      'line',
    ],
    ['pairs of texts', [['a', 'b']], false, 'table'],
    [
      'groups',
      [
        { k: 'a', n: 1 },
        { k: 'b', n: 2 },
      ],
      false,
      'bar',
    ],
    [
      'groups over time',
      [
        { k: 'a', n: 1 },
        { k: 'b', n: 2 },
      ],
      true,
      'line',
    ],
    [
      'groups by a number',
      [
        { status: 200, n: 5 },
        { status: 404, n: 5 },
      ],
      false,
      'bar',
    ],
    ['percentiles over time', [{ p50: 1, p90: 2, p99: 3 }], true, 'bands'],
    ['aggregates over time', [{ n: 1, sum: 2 }], true, 'line'],
    ['aggregates once', [{ n: 1, sum: 2 }], false, 'number'],
    ['two numbers of many records', many(100, (i) => ({ x: i % 7, y: i % 5 })), false, 'scatter'],
    ['texts', [{ a: 'x' }], false, 'table'],
    ['records of several kinds', [{ a: 1 }, 5], false, 'table'],
    [
      'a count a minute',
      [
        { t: 1, n: 5 },
        { t: 2, n: 6 },
      ],
      false,
      'line',
    ],
    [
      'percentiles a minute',
      [
        { t: 1, p50: 5, p99: 9 },
        { t: 2, p50: 5, p99: 9 },
      ],
      false,
      'bands',
    ],
    ['few keys a minute', many(12, (i) => ({ t: i % 3, k: `k${i % 4}`, n: i })), false, 'line'],
    ['many keys a minute', many(60, (i) => ({ t: i % 3, k: `k${i % 20}`, n: i })), false, 'heat'],
    [
      'groups of one minute',
      [
        { t: 1, k: 'a', n: 1 },
        { t: 1, k: 'b', n: 2 },
      ],
      false,
      'bar',
    ],
  ])('%s', (_, records, isSeries, expected) => {
    expect(shape(records, isSeries).shape).toBe(expected);
  });

  test('with what its fields are', () => {
    expect(shape(many(6, (i) => ({ t: i, service: 'a', path: '/', n: i, ms: null })))).toEqual({
      shape: 'line',
      time: 't',
      keys: ['service', 'path'],
      numbers: ['n', 'ms'],
    });
  });
});
