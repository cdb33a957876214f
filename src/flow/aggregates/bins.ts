/** How many values fell into each bin, by the bin's whole number. Plain data. */
export interface Bins {
  /** The bins from `first` on, one after the other; empty where they are `sparse`. */
  dense: Float64Array;
  first: number;
  /** Where the bins lie so far apart that most between them would be empty. */
  sparse: Map<number, number> | null;
}

/** Dense bins grow by so many, so that growing one by one does not copy each time. */
const BLOCK = 64;
/** The widest range kept dense, 32 kB. */
const WIDEST = 4096;

export function emptyBins(): Bins {
  return { dense: new Float64Array(0), first: 0, sparse: null };
}

export function addToBin(bins: Bins, bin: number, count: number): void {
  if (bins.sparse === null) {
    const at = bin - bins.first;
    if (at >= 0 && at < bins.dense.length) {
      bins.dense[at]! += count;
      return;
    }
    reach(bins, bin);
  }
  if (bins.sparse === null) bins.dense[bin - bins.first]! += count;
  else bins.sparse.set(bin, (bins.sparse.get(bin) ?? 0) + count);
}

/** Adds what is in `from`, which stays as it is. */
export function mergeBins(into: Bins, from: Bins): void {
  for (const [bin, count] of filled(from)) addToBin(into, bin, count);
}

/** The bins with something in them and how much, in ascending order. */
export function filled(bins: Bins): [bin: number, count: number][] {
  if (bins.sparse !== null) return [...bins.sparse].sort(([a], [b]) => a - b);
  const entries: [number, number][] = [];
  for (let i = 0; i < bins.dense.length; i++) if (bins.dense[i] !== 0) entries.push([bins.first + i, bins.dense[i]!]);
  return entries;
}

/** Makes room for a bin that is out of range. */
function reach(bins: Bins, bin: number): void {
  const { dense } = bins;
  const block = Math.floor(bin / BLOCK) * BLOCK;
  const first = dense.length === 0 ? block : bins.first;
  const from = Math.min(first, block);
  const to = Math.max(first + dense.length, block + BLOCK);
  if (to - from > WIDEST) {
    bins.sparse = new Map(filled(bins));
    bins.dense = new Float64Array(0);
    return;
  }
  bins.dense = new Float64Array(to - from);
  bins.dense.set(dense, first - from);
  bins.first = from;
}
