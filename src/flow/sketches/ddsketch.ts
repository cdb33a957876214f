import { addToBin, type Bins, binOfRank, emptyBins, mergeBins } from './bins.ts';

/**
 * The quantiles of numbers within 1 % of the true value, in memory that depends on their range and not on how many there are:
 * DDSketch (Masson, Rim, Lee, VLDB 2019). A number x > 0 falls into bin ⌈log x ÷ log γ⌉ with γ = 1.01 ÷ 0.99, which is 115 bins for
 * each power of ten; bins are never joined, so that merging is exact, and so is taking out again what was merged.
 *
 * Few numbers are kept as they are, in order of arrival. Quantiles are exact up to 64 of them, and the middles of bins from there on,
 * also of a list: a result depends only on the numbers, never on how they were grouped. Lists are allowed to be longer so
 * that a number of values around 64 does not change the form each time. Plain data.
 */
export type DDSketch = number[] | BinnedNumbers;

/** How many numbers fell into which bin. */
interface BinnedNumbers {
  zeros: number;
  /** By the size of the number without its sign. */
  readonly positive: Bins;
  readonly negative: Bins;
}

const ACCURACY = 0.01;
const LOG_GAMMA = Math.log((1 + ACCURACY) / (1 - ACCURACY));
const LOG_MIDDLE = Math.log(1 - ACCURACY);
/** So many numbers have exact quantiles. */
const FEW = 64;
/** The longest list. */
const LONGEST = 2 * FEW;
/** More than the lowest bin is below 0, which is that of 2^-1074. */
const BELOW_ZERO = 2 ** 16;

export function emptyDDSketch(): DDSketch {
  return [];
}

/** Adds a finite number. May change `sketch`; what counts is what is returned. */
export function addToDDSketch(sketch: DDSketch, x: number): DDSketch {
  if (!isList(sketch)) {
    addToBins(sketch, x);
    return sketch;
  }
  // A list made with its number has room for no more, which counts where there are millions of one number.
  if (sketch.length === 0) return [x];
  sketch.push(x);
  return sketch.length > LONGEST ? binned(sketch) : sketch;
}

/** Adds the first `count` of some finite numbers, one after the other. */
export function addAllToDDSketch(sketch: DDSketch, numbers: Float64Array, count: number): DDSketch {
  let added = sketch;
  let i = 0;
  for (; i < count && isList(added); i++) added = addToDDSketch(added, numbers[i]!);
  if (!isList(added)) for (; i < count; i++) addToBins(added, numbers[i]!);
  return added;
}

/** Adds what is in `from`, which stays as it is. May change `into`; what counts is what is returned. */
export function mergeDDSketches(into: DDSketch, from: DDSketch): DDSketch {
  let merged = into;
  if (isList(from)) {
    for (const x of from) merged = addToDDSketch(merged, x);
    return merged;
  }
  if (isList(merged)) merged = binned(merged);
  merged.zeros += from.zeros;
  mergeBins(merged.positive, from.positive, 1);
  mergeBins(merged.negative, from.negative, 1);
  return merged;
}

/**
 * Takes out what was merged first. May change `sketch`; what counts is what is returned.
 *
 * @returns undefined where the rest has to be known number by number and is not.
 */
export function subtractDDSketch(sketch: DDSketch, oldest: DDSketch): DDSketch | undefined {
  if (isList(sketch)) {
    // The oldest are in front, and there are no more of them than in a list that contains them.
    sketch.splice(0, countOf(oldest));
    return sketch;
  }
  if (countOf(sketch) - countOf(oldest) <= FEW) return undefined;
  if (isList(oldest)) for (const x of oldest) addToBins(sketch, x, -1);
  else {
    sketch.zeros -= oldest.zeros;
    mergeBins(sketch.positive, oldest.positive, -1);
    mergeBins(sketch.negative, oldest.negative, -1);
  }
  return sketch;
}

/** The least number that is not below a share `q` (0 to 1) of all; null where there are no numbers. */
export function quantileOf(sketch: DDSketch, q: number): number | null {
  const count = countOf(sketch);
  if (count === 0) return null;
  const rank = rankOf(q, count);
  if (!isList(sketch)) return middleOfRank(sketch, rank);
  if (count <= FEW) return ofRank(sketch, rank);
  return middleOfSigned(new Float64Array(sketch.map(signedBinOf)).sort()[rank - 1]!);
}

/** Which number from below is the quantile `q` of `count` numbers, from 1: the nearest rank, ⌈q n⌉. */
export function rankOf(q: number, count: number): number {
  // 0.07 × 100 is a little above 7 as a double.
  return Math.max(1, Math.ceil(q * count * (1 - 2 * Number.EPSILON)));
}

const inOrder = new Float64Array(FEW);

/** The number that is `rank`th from the lowest. Sorted by insertion, since nearly all lists are short and each pane asks. */
function ofRank(few: readonly number[], rank: number): number {
  for (let i = 0; i < few.length; i++) {
    // Makes -0 a 0, from which it could not be told apart in order.
    const x = few[i]! + 0;
    let at = i;
    for (; at > 0 && inOrder[at - 1]! > x; at--) inOrder[at] = inOrder[at - 1]!;
    inOrder[at] = x;
  }
  return inOrder[rank - 1]!;
}

function isList(sketch: DDSketch): sketch is number[] {
  return Array.isArray(sketch);
}

function countOf(sketch: DDSketch): number {
  return isList(sketch) ? sketch.length : sketch.negative.count + sketch.zeros + sketch.positive.count;
}

function binned(numbers: readonly number[]): BinnedNumbers {
  const sketch = { zeros: 0, positive: emptyBins(), negative: emptyBins() };
  for (const x of numbers) addToBins(sketch, x);
  return sketch;
}

/** Adds a number, or takes one out that is there. */
function addToBins(sketch: BinnedNumbers, x: number, count: 1 | -1 = 1): void {
  if (x === 0) sketch.zeros += count;
  else if (x > 0) addToBin(sketch.positive, binOf(x), count);
  else addToBin(sketch.negative, binOf(-x), count);
}

function middleOfRank({ zeros, positive, negative }: BinnedNumbers, rank: number): number {
  const above = rank - negative.count;
  if (above <= 0) return -middle(binOfRank(negative, 1 - above));
  return above <= zeros ? 0 : middle(binOfRank(positive, above - zeros));
}

/** A number's bin as a number that is below 0, 0, or above like the number itself, and in the same order. */
function signedBinOf(x: number): number {
  return x === 0 ? 0 : x > 0 ? binOf(x) + BELOW_ZERO : -binOf(-x) - BELOW_ZERO;
}

function middleOfSigned(bin: number): number {
  return bin === 0 ? 0 : bin > 0 ? middle(bin - BELOW_ZERO) : -middle(-bin - BELOW_ZERO);
}

function binOf(x: number): number {
  return Math.ceil(Math.log(x) / LOG_GAMMA);
}

/** What is at most 1 % away from any number of a bin. That of the highest bin is beyond the range of doubles. */
function middle(bin: number): number {
  return Math.min(Math.exp(bin * LOG_GAMMA + LOG_MIDDLE), Number.MAX_VALUE);
}
