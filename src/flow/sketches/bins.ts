/** How many values fell into each bin, by the bin's whole number. Plain data. */
export interface Bins {
  /** The bins from `first` on, one after the other; empty where they are `sparse`. */
  dense: Float64Array;
  first: number;
  /** Where the bins lie so far apart that most between them would be empty. */
  sparse: Map<number, number> | null;
  /** How many values there are in all. */
  count: number;
}

/** Dense bins grow by so many, so that growing one by one does not copy each time. */
const BLOCK = 64;
/** The widest range kept dense, 32 kB. */
const WIDEST = 4096;

export function emptyBins(): Bins {
  return { dense: new Float64Array(0), first: 0, sparse: null, count: 0 };
}

/** Adds so many values; below 0 it takes out values that are there. */
export function addToBin(bins: Bins, bin: number, count: number): void {
  bins.count += count;
  if (bins.sparse === null) {
    const at = bin - bins.first;
    if (at >= 0 && at < bins.dense.length) {
      bins.dense[at]! += count;
      return;
    }
    reach(bins, bin);
  }
  if (bins.sparse === null) {
    bins.dense[bin - bins.first]! += count;
    return;
  }
  const total = (bins.sparse.get(bin) ?? 0) + count;
  if (total === 0) bins.sparse.delete(bin);
  else bins.sparse.set(bin, total);
}

/** Adds what is in `from`, which stays as it is; with `sign` -1 it takes it out. */
export function mergeBins(into: Bins, from: Bins, sign: 1 | -1): void {
  if (from.sparse !== null) {
    for (const [bin, count] of from.sparse) addToBin(into, bin, sign * count);
    return;
  }
  const { dense, first } = from;
  for (let i = 0; i < dense.length; i++) if (dense[i] !== 0) addToBin(into, first + i, sign * dense[i]!);
}

/** The bin of the value that is `rank`th from the lowest, from 1 to how many there are. It looks from the end that is nearer. */
export function binOfRank(bins: Bins, rank: number): number {
  const { dense, first, sparse, count } = bins;
  if (sparse !== null) return sparseBinOfRank(sparse, rank);
  if (rank <= count / 2) {
    let i = 0;
    for (let rest = rank - dense[0]!; rest > 0; rest -= dense[i]!) i++;
    return first + i;
  }
  let i = dense.length - 1;
  for (let rest = count - rank + 1 - dense[i]!; rest > 0; rest -= dense[i]!) i--;
  return first + i;
}

function sparseBinOfRank(sparse: ReadonlyMap<number, number>, rank: number): number {
  const bins = Float64Array.from(sparse.keys()).sort();
  let i = 0;
  for (let rest = rank - sparse.get(bins[0]!)!; rest > 0; rest -= sparse.get(bins[i]!)!) i++;
  return bins[i]!;
}

/** Makes room for a bin that is out of range. */
function reach(bins: Bins, bin: number): void {
  const { dense } = bins;
  const block = Math.floor(bin / BLOCK) * BLOCK;
  const first = dense.length === 0 ? block : bins.first;
  const from = Math.min(first, block);
  const to = Math.max(first + dense.length, block + BLOCK);
  if (to - from > WIDEST) {
    bins.sparse = new Map();
    for (let i = 0; i < dense.length; i++) if (dense[i] !== 0) bins.sparse.set(bins.first + i, dense[i]!);
    bins.dense = new Float64Array(0);
    return;
  }
  bins.dense = new Float64Array(to - from);
  bins.dense.set(dense, first - from);
  bins.first = from;
}
