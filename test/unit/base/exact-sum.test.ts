import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addToSum,
  divideSum,
  type Expansion,
  emptySum,
  mergeSums,
  roundSum,
  subtractSums,
} from '../../../src/base/exact-sum.ts';

function sumOf(numbers: readonly (number | bigint)[]) {
  return numbers.reduce(addToSum, emptySum());
}

/** A double in units of 2^-1074, the least of all, by doubling it until it is whole. */
function units(x: number | bigint): bigint {
  if (typeof x === 'bigint') return x << 1074n;
  let whole = x;
  let doublings = 0;
  for (; !Number.isInteger(whole); doublings++) whole *= 2;
  return BigInt(whole) << BigInt(1074 - doublings);
}

const bits = new BigInt64Array(1);
const double = new Float64Array(bits.buffer);

/** The next double away from 0 (`step` 1) or towards it (-1); beyond the largest, what would come next. */
function neighbour(x: number, step: bigint): bigint {
  double[0] = x;
  if (x === 0 && step < 0n) return -1n;
  bits[0]! += step;
  return double[0] === Infinity || double[0] === -Infinity
    ? units(x) + (units(x) > 0n ? 1n : -1n) * (1n << 2045n)
    : units(double[0]!);
}

const distance = (a: bigint, b: bigint) => (a > b ? a - b : b - a);

/** Whether no other double is nearer to `exact` ÷ `divisor`. */
function isNearest(value: number, exact: bigint, divisor = 1n): boolean {
  const off = distance(units(value) * divisor, exact);
  return (
    off <= distance(neighbour(value, 1n) * divisor, exact) && off <= distance(neighbour(value, -1n) * divisor, exact)
  );
}

const numbers = fc.oneof(
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.constantFrom(9007199254740993n, -9007199254740993n, 2n ** 1023n, 10n ** 300n + 1n),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ noNaN: true, min: -1e3, max: 1e3 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(
    1e308,
    -1e308,
    1.7e308,
    -1.7e308,
    2 ** 960,
    -(2 ** 960),
    2 ** 53,
    2 ** -1074,
    2 ** -1022,
    1 + 2 ** -52,
  ),
);

/** Half a unit in the last place beyond the largest double: from here on sums round to Infinity. */
const TOO_LARGE = (2n ** 1024n - 2n ** 970n) << 1074n;

describe('a sum', () => {
  test('is the double nearest to the true sum, or null beyond the range of doubles', () => {
    fc.assert(
      fc.property(fc.array(numbers, { maxLength: 40 }), (list) => {
        const exact = list.reduce<bigint>((total, x) => total + units(x), 0n);
        const sum = roundSum(sumOf(list));
        if (sum === null) expect(exact >= TOO_LARGE || exact <= -TOO_LARGE).toBe(true);
        else expect(isNearest(sum, exact), `${sum}`).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('does not depend on order, nor on how it was grouped', () => {
    fc.assert(
      fc.property(fc.array(numbers), fc.infiniteStream(fc.nat()), fc.nat(), (list, picks, cut) => {
        const shuffled = list.slice();
        for (let i = shuffled.length - 1; i > 0; i--) {
          const j = picks.next().value % (i + 1);
          [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
        }
        const at = cut % (list.length + 1);
        const merged = mergeSums(sumOf(shuffled.slice(0, at)), sumOf(shuffled.slice(at)));
        expect(roundSum(merged)).toBe(roundSum(sumOf(list)));
      }),
    );
  });

  test('without what was taken out again is the sum of the rest', () => {
    fc.assert(
      fc.property(fc.array(numbers), fc.array(numbers), fc.array(numbers), (gone, rest, more) => {
        const all = mergeSums(mergeSums(emptySum(), sumOf(gone)), sumOf(rest));
        const left = subtractSums(all, sumOf(gone));
        expect(roundSum(left)).toBe(roundSum(sumOf(rest)));
        expect(roundSum(mergeSums(left, sumOf(more)))).toBe(roundSum(sumOf([...rest, ...more])));
      }),
    );
  });

  test('rounds a tie to even, unless something far below breaks it', () => {
    expect(roundSum(sumOf([1, 2 ** -53]))).toBe(1);
    expect(roundSum(sumOf([1, 2 ** -53, 2 ** -1074]))).toBe(1 + 2 ** -52);
    expect(roundSum(sumOf([1 + 2 ** -52, 2 ** -53, -(2 ** -1074)]))).toBe(1 + 2 ** -52);
    expect(roundSum(sumOf([0.1, 0.2, 0.3]))).toBe(0.6);
  });

  test('comes back from beyond the range of doubles', () => {
    expect(roundSum(sumOf([1.7e308, 1.7e308]))).toBeNull();
    expect(roundSum(sumOf([1.7e308, 1.7e308, -1.7e308, 0.5, -1.7e308]))).toBe(0.5);
  });

  test('is a number as long as a number can hold it', () => {
    expect(sumOf([1, 2, 3, 2 ** 40])).toBe(6 + 2 ** 40);
    expect(sumOf([0.5, 2 ** 40, -3])).toBe(2 ** 40 - 2.5);
    expect(sumOf([0.1, 0.2])).not.toBeTypeOf('number');
  });

  test('keeps few parts however many numbers there are', () => {
    const sum = sumOf(Array.from({ length: 10_000 }, (_, i) => 1 / (i + 1)));
    expect((sum as Expansion).parts!.length).toBeLessThan(10);
  });
});

/** Numbers as they are measured, of which the quotient can be told from doubles alone. */
const measured = fc.oneof(
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
  fc.integer({ min: -1e5, max: 1e5 }).map((n) => n / 100),
  fc.maxSafeInteger(),
);

test('a sum divided by a whole number is the double nearest to the true quotient', () => {
  const lists = fc.oneof(
    fc.array(numbers, { minLength: 1, maxLength: 10 }),
    fc.array(measured, { minLength: 1, maxLength: 30 }),
  );
  const divisors = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
  fc.assert(
    fc.property(lists, divisors, (list, count) => {
      const exact = list.reduce<bigint>((total, x) => total + units(x), 0n);
      const quotient = divideSum(sumOf(list), count);
      // One of so large numbers may be beyond the range of doubles.
      if (quotient === null) expect(exact >= TOO_LARGE || exact <= -TOO_LARGE).toBe(true);
      else expect(isNearest(quotient, exact, BigInt(count)), `${quotient}`).toBe(true);
    }),
    { numRuns: 3000 },
  );
});
