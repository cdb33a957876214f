import { binOf, niceWidth, startOf, widthUpTo } from '../sketches/bin-width.ts';

/** More bins than this are made coarser. */
const MOST = 2000;
/** So many bins are left at least when they are made coarser the first time, so that a picture of some tens is exact. */
const FINE = 500;

/** What is smaller counts as 0, what is larger as this: beyond them, borders are no numbers any more. */
const LEAST = 1e-300;
const LARGEST = 1e300;

interface Bin {
  /** From here, to before the start of the next. */
  readonly start: number;
  readonly count: number;
}

/**
 * Counts numbers by size, exactly and in constant memory: at first by value, and where there are too many values by ever coarser powers of
 * ten. Each count is right; only where the borders can be becomes coarser.
 */
export class Bins {
  /** Of the bins, by index; 0 while the keys are values. */
  private width = 0;
  private counts = new Map<number, number>();

  add(number: number): void {
    const value = Math.abs(number) < LEAST ? 0 : Math.max(-LARGEST, Math.min(LARGEST, number));
    const key = this.width === 0 ? value : binOf(value, this.width);
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    if (this.counts.size > MOST) this.coarsen();
  }

  get isEmpty(): boolean {
    return this.counts.size === 0;
  }

  /** At most about so many bins of one width (1, 2 or 5 times a power of ten) that hold all numbers, from the least up. */
  merged(most: number): { readonly width: number; readonly bins: readonly Bin[] } {
    const { least, range } = this.extent();
    const size = Math.max(Math.abs(least), Math.abs(least + range));
    let width = Math.max(widthUpTo(size, range / most), this.width);
    if (this.width === 0 && range === 0) width = niceWidth(size / 10);
    const bins = new Map<number, number>();
    for (const [key, count] of this.counts) {
      const start = this.width === 0 ? key : key * this.width;
      const index = binOf(start, width);
      bins.set(index, (bins.get(index) ?? 0) + count);
    }
    const first = Math.min(...bins.keys());
    const last = Math.max(...bins.keys());
    const all = Array.from({ length: last - first + 1 }, (_, i) => ({
      start: startOf(first + i, width),
      count: bins.get(first + i) ?? 0,
    }));
    return { width, bins: all };
  }

  private coarsen(): void {
    const before = this.counts;
    const { range } = this.extent();
    const old = this.width;
    const width = old === 0 ? 10 ** Math.floor(Math.log10(range / FINE)) : old * 10;
    this.width = width;
    this.counts = new Map();
    for (const [key, count] of before) {
      const index = old === 0 ? binOf(key, width) : Math.floor(key / 10);
      this.counts.set(index, (this.counts.get(index) ?? 0) + count);
    }
  }

  private extent(): { least: number; range: number } {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (const key of this.counts.keys()) {
      if (key < least) least = key;
      if (key > most) most = key;
    }
    const unit = this.width === 0 ? 1 : this.width;
    return { least: least * unit, range: (most - least) * unit };
  }
}
