import { addToBin, type Bins, emptyBins, filled, mergeBins } from './bins.ts';

/**
 * The quantiles of numbers within 1 % of the true value, in memory that depends on their range and not on how many there are:
 * DDSketch (Masson, Rim, Lee, VLDB 2019). A number x > 0 falls into bin ⌈log x ÷ log γ⌉ with γ = 1.01 ÷ 0.99, which is 115 bins for
 * each power of ten; bins are never joined, so that merging is exact.
 *
 * Up to 64 numbers are kept as they are, and their quantiles are exact. Which form it has depends only on how many there are,
 * so that the result never depends on how they were grouped. Plain data.
 */
export interface DDSketch {
  count: number;
  least: number;
  most: number;
  /** The numbers themselves, in no order; null once there are bins. */
  few: number[] | null;
  zeros: number;
  /** By the size of the number without its sign. */
  positive: Bins | null;
  negative: Bins | null;
}

const ACCURACY = 0.01;
const LOG_GAMMA = Math.log((1 + ACCURACY) / (1 - ACCURACY));
const FEW = 64;

export function emptyDDSketch(): DDSketch {
  return { count: 0, least: Infinity, most: -Infinity, few: [], zeros: 0, positive: null, negative: null };
}

/** Adds a finite number. */
export function addToDDSketch(sketch: DDSketch, x: number): void {
  sketch.count++;
  if (x < sketch.least) sketch.least = x;
  if (x > sketch.most) sketch.most = x;
  if (sketch.few === null) {
    addToBins(sketch, x);
    return;
  }
  sketch.few.push(x);
  if (sketch.count > FEW) useBins(sketch);
}

/** Adds what is in `from`, which stays as it is. */
export function mergeDDSketches(into: DDSketch, from: DDSketch): void {
  if (from.few !== null) {
    for (const x of from.few) addToDDSketch(into, x);
    return;
  }
  useBins(into);
  into.count += from.count;
  into.least = Math.min(into.least, from.least);
  into.most = Math.max(into.most, from.most);
  into.zeros += from.zeros;
  if (from.positive !== null) mergeBins(binsOf(into, 'positive'), from.positive);
  if (from.negative !== null) mergeBins(binsOf(into, 'negative'), from.negative);
}

/**
 * The least number that is not below a share `q` (0 to 1) of all; null where there are no numbers.
 */
export function quantileOf(sketch: DDSketch, q: number): number | null {
  const { count, least, most, few } = sketch;
  if (count === 0) return null;
  const rank = rankOf(q, count);
  if (few !== null) return Float64Array.from(few).sort()[rank - 1]!;
  if (rank === 1) return least;
  if (rank === count) return most;
  // The middle of a bin may lie beyond the numbers in it, or even beyond the range of doubles.
  return Math.min(Math.max(middleOf(sketch, rank), least), most);
}

/** Which number from below is the quantile `q` of `count` numbers, from 1: the nearest rank, ⌈q n⌉. */
export function rankOf(q: number, count: number): number {
  // 0.07 × 100 is a little above 7 as a double.
  return Math.max(1, Math.ceil(q * count * (1 - 2 * Number.EPSILON)));
}

function middleOf({ zeros, positive, negative }: DDSketch, rank: number): number {
  let rest = rank;
  if (negative !== null) {
    for (const [bin, count] of filled(negative).reverse()) {
      rest -= count;
      if (rest <= 0) return -middle(bin);
    }
  }
  rest -= zeros;
  if (rest <= 0) return 0;
  let last = 0;
  for (const [bin, count] of positive === null ? [] : filled(positive)) {
    last = middle(bin);
    rest -= count;
    if (rest <= 0) break;
  }
  return last;
}

/** What is at most 1 % away from any number of a bin. */
function middle(bin: number): number {
  return Math.exp(bin * LOG_GAMMA) * (1 - ACCURACY);
}

function addToBins(sketch: DDSketch, x: number): void {
  if (x === 0) sketch.zeros++;
  else if (x > 0) addToBin(binsOf(sketch, 'positive'), binOf(x), 1);
  else addToBin(binsOf(sketch, 'negative'), binOf(-x), 1);
}

function binsOf(sketch: DDSketch, sign: 'positive' | 'negative'): Bins {
  sketch[sign] ??= emptyBins();
  return sketch[sign];
}

function binOf(x: number): number {
  return Math.ceil(Math.log(x) / LOG_GAMMA);
}

function useBins(sketch: DDSketch): void {
  if (sketch.few === null) return;
  for (const x of sketch.few) addToBins(sketch, x);
  sketch.few = null;
}
