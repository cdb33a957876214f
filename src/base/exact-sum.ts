/**
 * Sums of doubles and of integers that no double holds, without error: the same numbers give the same sum in any order and however they were grouped, which lets
 * workers and window panes add up parts of a batch. A sum is plain data. As long as it is a double it is that double, which is all that
 * most sums of integers ever are; there may be millions of them.
 */
export type ExactSum = number | Expansion;

/**
 * A sum that no single double can hold:
 *
 *     whole + parts[0] + parts[1] + … + huge
 *
 * `whole` is a safe integer, enough where all numbers are. `parts` are doubles that do not overlap, smallest first (Shewchuk,
 * "Adaptive Precision Floating-Point Arithmetic", 1997; Python's `math.fsum`). `huge` has numbers so large that adding them up as
 * doubles could overflow on the way, and integers that are no doubles.
 */
export interface Expansion {
  whole: number;
  parts: number[] | null;
  huge: bigint | null;
}

/** Below this 2^60 numbers can be added up without overflow. */
const HUGE = 2 ** 960;

export function emptySum(): ExactSum {
  return 0;
}

/** Adds a finite number. May change `sum`; what counts is what is returned. */
export function addToSum(sum: ExactSum, x: number | bigint): ExactSum {
  if (typeof x === 'bigint') return addHuge(sum, x);
  if (typeof sum !== 'number') {
    addToExpansion(sum, x);
    return sum;
  }
  const total = sum + x;
  if (roundingOf(sum, x, total) === 0) return total;
  const expansion: Expansion = { whole: 0, parts: null, huge: null };
  addToExpansion(expansion, sum);
  addToExpansion(expansion, x);
  return expansion;
}

/**
 * Adds the first `count` of some finite numbers. Most of them only go into two doubles, of which the second takes what is rounded off the
 * first; what is rounded off the second, which is rare, goes into the sum at once. May change `sum`; what counts is what is returned.
 */
export function addAllToSum(sum: ExactSum, numbers: Float64Array, count: number): ExactSum {
  let added = sum;
  let high = 0;
  let low = 0;
  for (let i = 0; i < count; i++) {
    const x = numbers[i]!;
    if (Math.abs(x) >= HUGE) {
      added = addToSum(added, x);
      continue;
    }
    const total = high + x;
    const offHigh = roundingOf(high, x, total);
    high = total;
    const lowTotal = low + offHigh;
    const offLow = roundingOf(low, offHigh, lowTotal);
    low = lowTotal;
    if (offLow !== 0) added = addToSum(added, offLow);
  }
  return addToSum(addToSum(added, high), low);
}

/** Adds what is in `from`, which stays as it is. May change `into`; what counts is what is returned. */
export function mergeSums(into: ExactSum, from: ExactSum): ExactSum {
  return addSigned(into, from, 1);
}

/** Takes what is in `from` out again, without error. `from` stays as it is. May change `sum`; what counts is what is returned. */
export function subtractSums(sum: ExactSum, from: ExactSum): ExactSum {
  return addSigned(sum, from, -1);
}

function addSigned(into: ExactSum, from: ExactSum, sign: 1 | -1): ExactSum {
  if (typeof from === 'number') return addToSum(into, sign * from);
  let sum = addToSum(into, sign * from.whole);
  if (from.parts !== null) for (const part of from.parts) sum = addToSum(sum, sign * part);
  return from.huge === null ? sum : addHuge(sum, BigInt(sign) * from.huge);
}

function addHuge(sum: ExactSum, x: bigint): Expansion {
  const expansion: Expansion = typeof sum === 'number' ? { whole: 0, parts: null, huge: null } : sum;
  if (typeof sum === 'number') addToExpansion(expansion, sum);
  const huge = (expansion.huge ?? 0n) + x;
  expansion.huge = huge === 0n ? null : huge;
  return expansion;
}

function addToExpansion(sum: Expansion, x: number): void {
  if (Number.isInteger(x)) {
    const whole = sum.whole + x;
    // Both were integers, so a result this small cannot have been rounded.
    if (Number.isSafeInteger(whole)) {
      sum.whole = whole;
      return;
    }
    if (Math.abs(x) >= HUGE) {
      sum.huge = (sum.huge ?? 0n) + BigInt(x);
      return;
    }
  }
  sum.parts = sum.parts === null ? [x] : addPart(sum.parts, x);
}

/** What rounding took from `a` + `b`, without a branch on which of the two is larger (Knuth's two-sum); NaN if it was too large. */
function roundingOf(a: number, b: number, rounded: number): number {
  const restOfB = rounded - a;
  return a - (rounded - restOfB) + (b - restOfB);
}

/** What rounding took from `a` × `b`, where nothing is near the ends of the range (Veltkamp's split and Dekker's product, 1971). */
export function offProduct(a: number, b: number, rounded: number): number {
  const splitA = 134217729 * a;
  const highA = splitA - (splitA - a);
  const lowA = a - highA;
  const splitB = 134217729 * b;
  const highB = splitB - (splitB - b);
  const lowB = b - highB;
  return lowA * lowB - (rounded - highA * highB - lowA * highB - highA * lowB);
}

/** The double nearest to the sum (of two that are as near, the even one); null if it is beyond the range of doubles. */
export function roundSum(sum: ExactSum): number | null {
  if (typeof sum === 'number') return sum;
  if (sum.huge !== null) return divideSum(sum, 1);
  if (sum.parts === null) return sum.whole;
  return roundParts(addPart(sum.parts.slice(), sum.whole));
}

/** The double nearest to the sum divided by a whole number from 1; null if it is beyond the range of doubles. */
export function divideSum(sum: ExactSum, divisor: number): number | null {
  if (typeof sum === 'number') return sum / divisor;
  const quotient = quickQuotient(sum, divisor);
  if (quotient !== undefined) return quotient;
  const { units, exponent } = exactly(sum);
  return nearestDouble(units, BigInt(divisor), exponent);
}

/** Within these, no step of {@link quickQuotient} leaves what doubles hold without loss. */
const LEAST_QUICK = 2 ** -900;
const MOST_QUICK = 2 ** 900;
/** More than all roundings of a correction together, as a part of it. */
const DOUBT = 2 ** -48;

/** The same where doubles are enough to be sure of it, as they mostly are, for a tenth of the cost. */
function quickQuotient({ whole, parts, huge }: Expansion, divisor: number): number | undefined {
  if (huge !== null) return undefined;
  if (parts === null) return whole / divisor;
  const all = addPart(parts.slice(), whole);
  const high = roundParts(all);
  const size = Math.abs(high);
  if (!(size > LEAST_QUICK && size < MOST_QUICK)) return undefined;
  const low = addPart(all, -high).reduce((total, part) => total + part, 0);
  const quotient = high / divisor;
  const product = quotient * divisor;
  const correction = (high - product - offProduct(quotient, divisor, product) + low) / divisor;
  // Where a little more and a little less are rounded to the same, so is what lies between (Ziv, "Fast evaluation of elementary
  // mathematical functions with correctly rounded last bit", 1991).
  const nearest = quotient + correction * (1 - DOUBT);
  return nearest === quotient + correction * (1 + DOUBT) ? nearest : undefined;
}

/** Grows an expansion by one double, without error. May change `parts`; what counts is what is returned. */
function addPart(parts: number[], added: number): number[] {
  const count = parts.length;
  let x = added;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const y = parts[i]!;
    const high = x + y;
    const low = roundingOf(x, y, high);
    if (low !== 0) parts[kept++] = low;
    x = high;
  }
  if (kept === count) {
    // Pushing makes room for 16 more. A list made with its numbers has no room to spare, which counts where there are millions of sums.
    if (count === 1) return [parts[0]!, x];
    if (count === 2) return [parts[0]!, parts[1]!, x];
    parts.push(x);
    return parts;
  }
  parts[kept] = x;
  // Setting `length` would have the list allocated anew for the next number.
  for (let rest = count - 1; rest > kept; rest--) parts.pop();
  return parts;
}

function roundParts(parts: readonly number[]): number {
  let i = parts.length - 1;
  let high = parts[i]!;
  let low = 0;
  while (i > 0 && low === 0) {
    const x = high;
    const y = parts[--i]!;
    high = x + y;
    low = y - (high - x);
  }
  // Halfway between two doubles, what is further down decides.
  if (i > 0 && low !== 0 && Math.sign(low) === Math.sign(parts[i - 1]!)) {
    const twice = low * 2;
    const other = high + twice;
    if (other - high === twice) return other;
  }
  return high;
}

/** A number as `units` × 2^`exponent`. */
export interface Binary {
  readonly units: bigint;
  readonly exponent: number;
}

/** What a sum is, without error. */
export function exactly(sum: ExactSum): Binary {
  if (typeof sum === 'number') return Number.isSafeInteger(sum) ? { units: BigInt(sum), exponent: 0 } : binary(sum);
  let total: Binary = { units: BigInt(sum.whole) + (sum.huge ?? 0n), exponent: 0 };
  if (sum.parts !== null) for (const part of sum.parts) total = addBinary(total, binary(part));
  return total;
}

export function addBinary(a: Binary, b: Binary): Binary {
  const exponent = Math.min(a.exponent, b.exponent);
  return {
    units: (a.units << BigInt(a.exponent - exponent)) + (b.units << BigInt(b.exponent - exponent)),
    exponent,
  };
}

const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);

/** A finite double, without error. */
export function binary(x: number): Binary {
  double[0] = x;
  const biased = Number((bits[0]! >> 52n) & 0x7ffn);
  const fraction = bits[0]! & 0xfffffffffffffn;
  const units = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return { units: x < 0 ? -units : units, exponent: Math.max(biased, 1) - 1075 };
}

/** The double nearest to `numerator` ÷ `denominator` × 2^`exponent`; null if it is beyond the range of doubles. */
function nearestDouble(numerator: bigint, denominator: bigint, exponent: number): number | null {
  if (numerator === 0n) return 0;
  const size = numerator < 0n ? -numerator : numerator;
  // The quotient is given 60 bits or more, so that Number() rounds it once, but none below 2^-1075, half the least double, which
  // would be rounded twice. A bit more stands for all that is cut off.
  const wanted = bitLength(denominator) + 65 - bitLength(size);
  const shift = Math.min(wanted, exponent + 1075);
  const dividend = shift >= 0 ? size << BigInt(shift) : size;
  const divisor = shift >= 0 ? denominator : denominator << BigInt(-shift);
  const quotient = ((dividend / divisor) << 1n) | (dividend % divisor === 0n ? 0n : 1n);
  const value = scale(Number(quotient), exponent - shift - 1);
  if (!Number.isFinite(value)) return null;
  return numerator < 0n ? -value : value;
}

/** x × 2^exponent, in steps that a double can hold. */
export function scale(x: number, exponent: number): number {
  let value = x;
  let rest = exponent;
  for (; rest > 1000; rest -= 1000) value *= 2 ** 1000;
  for (; rest < -1000; rest += 1000) value *= 2 ** -1000;
  return value * 2 ** rest;
}

/** How many binary digits a number above 0 has, give or take three. */
export function bitLength(x: bigint): number {
  return x.toString(16).length * 4;
}
