import {
  addBinary,
  addToSum,
  type Binary,
  binary,
  bitLength,
  type ExactSum,
  emptySum,
  exactly,
  mergeSums,
  offProduct,
  scale,
  subtractSums,
} from '../../base/exact-sum.ts';
import { NUMBER } from '../../base/type.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { readingExactly } from '../groups/reading.ts';

interface Spread {
  count: number;
  sum: ExactSum;
  squares: ExactSum;
  /** The squares of numbers so large or small that doubles cannot hold them, and of integers that are no doubles. */
  extremes: Binary | null;
}

/** Between this and its inverse, the square of a double and the square's rounding error are doubles. */
const SQUARABLE = 2 ** 480;

function addSquare(state: Spread, x: number | bigint): void {
  if (typeof x === 'bigint' || isExtreme(Math.abs(x))) {
    addExtreme(state, typeof x === 'bigint' ? { units: x, exponent: 0 } : binary(x));
    return;
  }
  const square = x * x;
  state.squares = addToSum(state.squares, square);
  if (Number.isInteger(x) && Number.isSafeInteger(square)) return;
  state.squares = addToSum(state.squares, offProduct(x, x, square));
}

function isExtreme(size: number): boolean {
  return size !== 0 && (size > SQUARABLE || size < 1 / SQUARABLE);
}

function addExtreme(state: Spread, { units, exponent }: Binary): void {
  const square = { units: units * units, exponent: 2 * exponent };
  state.extremes = state.extremes === null ? square : addBinary(state.extremes, square);
}

function without(all: Binary, { units, exponent }: Binary): Binary | null {
  const rest = addBinary(all, { units: -units, exponent });
  return rest.units === 0n ? null : rest;
}

/** The sample's standard deviation: √((n Σx² − (Σx)²) ÷ n(n − 1)), without error up to the root. */
function deviation({ count, sum, squares, extremes }: Spread): number | null {
  if (count < 2) return null;
  const total = exactly(sum);
  const allSquares = extremes === null ? exactly(squares) : addBinary(exactly(squares), extremes);
  const { units, exponent } = addBinary(
    { units: allSquares.units * BigInt(count), exponent: allSquares.exponent },
    { units: -(total.units * total.units), exponent: 2 * total.exponent },
  );
  if (units === 0n) return 0;
  const divisor = BigInt(count) * BigInt(count - 1);
  // 128 bits of the quotient, and an even power of two beside it, whose root is a power of two.
  let shift = 128 + bitLength(divisor) - bitLength(units);
  if ((exponent - shift) % 2 !== 0) shift++;
  const dividend = shift >= 0 ? units << BigInt(shift) : units;
  const divided = shift >= 0 ? divisor : divisor << BigInt(-shift);
  // A bit more stands for all that is cut off: rounding then depends on the number alone, not on how it came to be written.
  const quotient = ((dividend / divided) << 2n) | (dividend % divided === 0n ? 0n : 1n);
  const root = scale(Math.sqrt(Number(quotient)), (exponent - shift) / 2 - 1);
  return Number.isFinite(root) ? root : null;
}

export const stddev = defineAggregate({
  name: 'stddev',
  summary: 'The standard deviation of numbers, as of a sample',
  synonyms: ['variance', 'standard deviation'],
  docs: 'The root of the squared distances from the mean, divided by one less than how many there are, as `stddev` in Spark. Nulls are passed over; null where there are fewer than two numbers. It is worked out without error and rounded at the end, so that it does not depend on order.',
  examples: [
    {
      program: 'map(number) | aggregate({spread: stddev(_)})',
      in: '2\n4\n4\n4\n5\n5\n7\n9\n5',
      out: '{"spread":2}',
    },
  ],
  parameters: { f: lambda('the number of a record') },
  gives: () => NUMBER,
  create: ({ f }) =>
    readingExactly('stddev', f, {
      zero: (): Spread => ({ count: 0, sum: emptySum(), squares: emptySum(), extremes: null }),
      put(state, x) {
        if (x === null) return state;
        state.count++;
        state.sum = addToSum(state.sum, x);
        addSquare(state, x);
        return state;
      },
      merge(into, from) {
        into.count += from.count;
        into.sum = mergeSums(into.sum, from.sum);
        into.squares = mergeSums(into.squares, from.squares);
        if (from.extremes !== null) {
          into.extremes = into.extremes === null ? from.extremes : addBinary(into.extremes, from.extremes);
        }
        return into;
      },
      subtract(state, oldest) {
        state.count -= oldest.count;
        state.sum = subtractSums(state.sum, oldest.sum);
        state.squares = subtractSums(state.squares, oldest.squares);
        if (oldest.extremes !== null) state.extremes = without(state.extremes!, oldest.extremes);
        return state;
      },
      result: deviation,
    }),
});
