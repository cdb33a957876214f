import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { aggregates } from '../../../src/flow/catalog.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import type { Span } from '../../../src/flow/define/span.ts';

const SPAN: Span = { time: 2500, start: 0, end: 2000, partial: false };

/** What an aggregate gives for records, its functions being the record itself. */
function resultOf(name: string, records: readonly Value[], args: object = {}, span = SPAN): Value {
  const definition = aggregates.find((aggregate) => aggregate.name === name)!;
  if (definition.kind !== 'aggregate') throw new Error(`${name} is not of records`);
  const aggregate = definition.create({ f: opaque((record) => record!), ...args } as never);
  return aggregate.result(
    records.reduce((state: unknown, record) => aggregate.add(state, record), aggregate.zero()),
    span,
  );
}

describe('sum and avg', () => {
  test('do without the errors of adding doubles one by one', () => {
    const tenths = Array.from({ length: 10 }, () => 0.1);
    expect(resultOf('sum', tenths)).toBe(1);
    expect(resultOf('avg', tenths)).toBe(0.1);
    // Ten times the double 0.1 is a little more than 1.
    expect(resultOf('avg', [...tenths, 1e100, -1e100])).toBe(0.08333333333333334);
  });

  test('give null beyond the range of doubles, but the mean is always within', () => {
    expect(resultOf('sum', [1.7e308, 1.7e308])).toBeNull();
    expect(resultOf('avg', [1.7e308, 1.7e308])).toBe(1.7e308);
  });

  test('round integers beyond 2^53 once, at the end, and refuse what is beyond the range of doubles', () => {
    expect(resultOf('sum', [2n ** 60n, 1])).toBe(2 ** 60);
    const odd = 9007199254740993n;
    expect(resultOf('sum', [odd, odd, odd])).toBe(27021597764222980);
    expect(resultOf('sum', [odd, -9007199254740992n])).toBe(1);
    expect(resultOf('avg', [odd, odd + 2n, -9007199254740994n, 0.5])).toBe(2251799813685248.5);
    expect(resultOf('stddev', [odd, odd + 2n, odd + 4n])).toBe(2);
    expect(resultOf('exactQuantile', [odd + 2n, 1, odd, 2, odd + 1n], { q: 0.6 })).toBe(odd);
    expect(() => resultOf('sum', [10n ** 400n])).toThrow(
      expect.objectContaining({ reason: 'sum was given a number too large for a double' }),
    );
    expect(() => resultOf('avg', [{ ms: 1 }])).toThrow(
      expect.objectContaining({ reason: 'avg needs numbers and was given an object', detail: '{"ms":1}' }),
    );
  });
});

describe('stddev', () => {
  test('is that of a sample', () => {
    expect(resultOf('stddev', [2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(resultOf('stddev', [5])).toBeNull();
    expect(resultOf('stddev', [0.1, 0.1, 0.1])).toBe(0);
  });

  test('keeps its digits where numbers are large beside their differences, large or small themselves', () => {
    expect(resultOf('stddev', [1e15, 1e15 + 1, 1e15 + 2])).toBe(1);
    expect(resultOf('stddev', [1e9 + 0.5, 1e9 + 1.5, 1e9 + 2.5])).toBe(1);
    expect(resultOf('stddev', [1e200, 2e200, 3e200])).toBeCloseTo(1e200, -186);
    expect((resultOf('stddev', [1e-200, 2e-200, 3e-200]) as number) / 1e-200).toBeCloseTo(1, 14);
    expect(resultOf('stddev', [1.7e308, -1.7e308])).toBeNull();
  });

  test('agrees with two passes over the numbers', () => {
    // The squares of smaller ones would be lost in the two passes.
    const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 }).filter((x) => x === 0 || Math.abs(x) > 1e-9);
    fc.assert(
      fc.property(fc.array(number, { minLength: 2, maxLength: 50 }), (numbers) => {
        const mean = numbers.reduce((a, b) => a + b) / numbers.length;
        const squares = numbers.reduce((total, x) => total + (x - mean) ** 2, 0);
        const expected = Math.sqrt(squares / (numbers.length - 1));
        const scale = Math.max(...numbers.map(Math.abs));
        expect(Math.abs((resultOf('stddev', numbers) as number) - expected)).toBeLessThanOrEqual(
          expected * 1e-9 + scale * 1e-12,
        );
      }),
    );
  });
});

describe('min and max', () => {
  test('take texts and integers of any size, and give them as they were', () => {
    expect(resultOf('min', ['b', null, 'a'])).toBe('a');
    expect(resultOf('max', [2 ** 53, 2n ** 53n + 1n])).toBe(2n ** 53n + 1n);
  });
});

describe('values', () => {
  test('are told apart by content in set and distinct', () => {
    const records: Value[] = [{ a: 1, b: 2 }, null, { b: 2, a: 1 }, '1', 1, 2n ** 60n, 2 ** 60];
    expect(resultOf('set', records)).toEqual([{ a: 1, b: 2 }, '1', 1, 2n ** 60n]);
    expect(resultOf('distinct', records)).toBe(4);
    expect(resultOf('approxDistinct', records)).toBe(4);
  });

  test('are first and last by arrival, null or not', () => {
    expect(resultOf('first', [null, 1])).toBeNull();
    expect(resultOf('last', [1, null])).toBeNull();
  });

  test('are largest first in top, as often as they occur', () => {
    expect(resultOf('top', [3, 9, null, 9, 1, 4], { n: 3 })).toEqual([9, 9, 4]);
  });
});

describe('quantiles', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) + 1);

  test('are numbers that were given, nearest rank, where they are exact', () => {
    expect(resultOf('quantile', [4, 1, 3, 2], { q: 0.5 })).toBe(2);
    for (const percent of [1, 7, 29, 50, 57, 58, 99, 100]) {
      expect(resultOf('exactQuantile', hundred, { q: percent / 100 })).toBe(percent);
    }
  });

  test.each([
    ['p50', 50],
    ['p90', 90],
    ['p95', 95],
    ['p99', 99],
  ])('%s is within 1 %% of %i', (name, expected) => {
    const value = resultOf(name, hundred) as number;
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(expected / 100);
  });
});

describe('rate', () => {
  test('is per second of the span', () => {
    expect(resultOf('rate', [null, 1, 'a'])).toBe(1.5);
    expect(resultOf('rate', [], {}, { ...SPAN, end: 0 })).toBeNull();
  });
});
