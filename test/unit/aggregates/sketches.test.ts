import { serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Identity } from '../../../src/base/compare.ts';
import { hashIdentity } from '../../../src/base/hash.ts';
import { addToDDSketch, emptyDDSketch, mergeDDSketches, quantileOf } from '../../../src/flow/sketches/ddsketch.ts';
import {
  addToHyperLogLog,
  countHyperLogLog,
  emptyHyperLogLog,
  mergeHyperLogLogs,
} from '../../../src/flow/sketches/hyperloglog.ts';
import { tries } from '../../support/effort.ts';

function sketchOf(numbers: readonly number[]) {
  return numbers.reduce(addToDDSketch, emptyDDSketch());
}

/** The nearest rank, without the arithmetic of doubles: `percent` is a whole number. */
function exact(numbers: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent * numbers.length) / 100));
  return numbers.toSorted((a, b) => a - b)[rank - 1]!;
}

describe('DDSketch', () => {
  test('is within 1 % of the true quantile', () => {
    const number = fc.oneof(
      fc.integer({ min: -1000, max: 1000 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => x === 0 || Math.abs(x) > 1e-300),
      fc.double({ noNaN: true, min: 0.1, max: 1e5 }),
    );
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 0, max: 100 }),
        (list, percent) => {
          const truth = exact(list, percent);
          const error = Math.abs(quantileOf(sketchOf(list), percent / 100)! - truth);
          expect(error).toBeLessThanOrEqual(Math.abs(truth) * 0.01 * (1 + 1e-9));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('is exact up to 64 numbers', () => {
    const list = Array.from({ length: 64 }, (_, i) => (i * 37) % 64);
    for (const percent of [0, 1, 7, 50, 75, 99, 100]) {
      expect(quantileOf(sketchOf(list), percent / 100)).toBe(exact(list, percent));
    }
    expect(quantileOf(sketchOf([...list, 64.3]), 1)).not.toBe(64.3);
  });

  test('does not take the number above for a share that a double only nearly is', () => {
    const list = Array.from({ length: 100 }, (_, i) => i + 1);
    for (let percent = 1; percent <= 100; percent++) {
      expect(Math.round(quantileOf(sketchOf(list.slice(0, 50)), percent / 100)!)).toBe(
        exact(list.slice(0, 50), percent),
      );
    }
    expect(0.07 * 100).toBeGreaterThan(7);
    const wide = list.map((i) => 2 ** i);
    expect(Math.log2(quantileOf(sketchOf(wide), 0.07)!)).toBeCloseTo(7, 1);
  });

  test('has the same bins however numbers were grouped', () => {
    const list = Array.from({ length: 1000 }, (_, i) => Math.tan(i));
    let merged = emptyDDSketch();
    for (let i = 0; i < list.length; i += 70) merged = mergeDDSketches(merged, sketchOf(list.slice(i, i + 70)));
    for (let q = 0; q <= 1; q += 0.01) expect(quantileOf(merged, q)).toBe(quantileOf(sketchOf(list), q));
  });

  test('gives finite numbers for the largest and the least of doubles', () => {
    const ends = [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE, 0];
    for (const x of ends) {
      const of = sketchOf(Array.from({ length: 200 }, () => x));
      const quantile = quantileOf(of, 0.5)!;
      expect(Math.abs(quantile - x)).toBeLessThanOrEqual(Math.abs(x) * 0.01);
    }
  });

  test('of few numbers is small, and of many still is', () => {
    expect(serialize(sketchOf([1.5, 2.5, 3.5])).length).toBeLessThan(200);
    const latencies = Array.from({ length: 100_000 }, (_, i) => 0.1 * 1.0001 ** i);
    expect(serialize(sketchOf(latencies)).length).toBeLessThan(8_000);
    const farApart = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 1e-300 : 1e300));
    expect(serialize(sketchOf(farApart)).length).toBeLessThan(500);
  });
});

function counterOf(values: Iterable<Identity>) {
  const counter = emptyHyperLogLog();
  for (const value of values) addToHyperLogLog(counter, value);
  return counter;
}

function* texts(from: number, to: number) {
  for (let i = from; i < to; i++) yield `user-${i}`;
}

describe('HyperLogLog', () => {
  test('is exact up to 512 values, however often each occurs', () => {
    for (const count of [0, 1, 100, 511, 512]) {
      expect(countHyperLogLog(counterOf([...texts(0, count), ...texts(0, count), ...texts(0, count)]))).toBe(count);
    }
  });

  // 0.81 % is the standard error; 2.5 % is three of it.
  test.each([513, 1000, 5000, 20_000, 50_000, 200_000])('is within 2.5 % of %i values', (count) => {
    const kinds: Identity[][] = [
      [...texts(0, count)],
      Array.from({ length: count }, (_, i) => i),
      Array.from({ length: count }, (_, i) => i / 8 - 1000),
      Array.from({ length: count }, (_, i) => 2n ** 64n + BigInt(i)),
    ];
    for (const values of kinds) {
      const error = countHyperLogLog(counterOf(values)) / count - 1;
      expect(Math.abs(error)).toBeLessThan(0.025);
    }
  });

  test('gives the same however values were grouped and however often they came', () => {
    const all = countHyperLogLog(counterOf(texts(0, 5000)));
    const merged = emptyHyperLogLog();
    for (let i = 0; i < 5000; i += 100) mergeHyperLogLogs(merged, counterOf(texts(Math.max(0, i - 600), i + 100)));
    expect(countHyperLogLog(merged)).toBe(all);
  });

  test('of few values is small, and of many has 16 kB', () => {
    expect(serialize(counterOf(texts(0, 3))).length).toBeLessThan(100);
    expect(serialize(counterOf(texts(0, 50_000))).length).toBeLessThan(17_000);
    const repeated = emptyHyperLogLog();
    for (let i = 0; i < 100; i++) for (const value of texts(0, 100)) addToHyperLogLog(repeated, value);
    expect(serialize(repeated).length).toBeLessThan(10_000);
  });
});

describe('a hash', () => {
  test('is the same for 0 and -0, and tells kinds apart', () => {
    expect(hashIdentity(0)).toBe(hashIdentity(-0));
    const kinds: Identity[] = [0, 1, '0', '1', '', 'true', true, false, null, 'null', 2n ** 60n, String(2n ** 60n)];
    expect(new Set(kinds.map(hashIdentity)).size).toBe(kinds.length);
  });

  test('has 53 bits, each set in about half of all values, and no two alike among many', () => {
    const values: Identity[] = [];
    for (let i = 0; i < tries(30_000, 100_000); i++) values.push(i, `${i}`, `some longer text with ${i} in it`);
    const hashes = values.map(hashIdentity);
    expect(new Set(hashes).size).toBe(values.length);
    for (let bit = 0; bit < 53; bit++) {
      const set = hashes.filter((hash) => Math.floor(hash / 2 ** bit) % 2 === 1).length;
      expect(Math.abs(set / values.length - 0.5), `bit ${bit}`).toBeLessThan(0.005);
    }
    expect(Math.max(...hashes.slice(0, 1000))).toBeLessThan(2 ** 53);
  });
});
