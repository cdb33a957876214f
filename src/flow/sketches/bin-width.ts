/** What a quotient may be off by in floating point: 0.3 / 0.1 is 2.9999999999999996. */
const SLIP = 1e-9;

/** The least of 1, 2 and 5 times a power of ten that is not below; 1 of nothing. */
export function niceWidth(width: number): number {
  if (!(width > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(width) + SLIP);
  for (const factor of [1, 2, 5]) if (factor * power >= width * (1 - SLIP)) return rounded(factor * power);
  return rounded(10 * power);
}

/** Bins are wide enough for the numbers of all of them to be exact. */
const EXACT = 2 ** 50;

/** The least nice width that is not below, of bins in which there are numbers up to this size. */
export function widthUpTo(size: number, width: number): number {
  return niceWidth(Math.max(width, size / EXACT));
}

/** Which bin of this width a value is in, from the one that begins at 0. */
export function binOf(value: number, width: number): number {
  return Math.floor(value / width + SLIP);
}

/** Where a bin begins, without what floating point adds: 0.30000000000000004 is 0.3. */
export function startOf(bin: number, width: number): number {
  return rounded(bin * width);
}

function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
