import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberFunctions } from '../../../src/flow/functions/numbers.ts';

const round = numberFunctions.find(({ name }) => name === 'round')!.call as (x: number, digits: number) => number;

/** By the decimal text of a number: what rounding means. */
function roundedText(x: number, digits: number): number {
  const [mantissa, exponent = '0'] = String(x).split('e');
  const shifted = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`));
  const [whole, power = '0'] = String(shifted).split('e');
  return Number(`${whole}e${Number(power) - digits}`);
}

const decimals = fc
  .tuple(fc.maxSafeInteger(), fc.integer({ min: -3, max: 18 }))
  .map(([whole, places]) => Number(`${whole}e-${places}`.replace('--', '')));
/** Halves of the last digit, and their neighbours. */
const halves = fc
  .tuple(
    fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
    fc.nat({ max: 15 }),
    fc.constantFrom('', '0000001', '4999999999'),
  )
  .map(([whole, places, more]) => Number(`${whole}5${more}e-${places + 1 + more.length}`));

test('round gives what rounding the decimal text of a number gives', () => {
  const digits = fc.integer({ min: -15, max: 15 }).filter((places) => places !== 0);
  const numbers = fc.oneof(decimals, halves, fc.double({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(
    fc.property(numbers, digits, (x, places) => {
      expect(round(x, places)).toBe(roundedText(x, places));
    }),
    { numRuns: 5_000 },
  );
  expect(round(1.005, 2)).toBe(1.01);
  expect(round(-0.001, 2)).toBe(0);
});
