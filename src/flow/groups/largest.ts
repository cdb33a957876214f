/** What was kept so far: at most twice what is asked for, so that sorting costs little for each. */
interface Largest<T> {
  kept: T[];
  /** The last of the n first when `kept` was last cut; what comes behind it cannot be among them. Undefined before. */
  last: T | undefined;
}

/**
 * The first `n` of all entries in an order; of equal ones the earlier comes first. Adding costs one comparison for most
 * entries, the memory is that of 2 n.
 */
export function firstOf<T>(n: number, order: (a: T, b: T) => number) {
  const limit = 2 * n + 16;

  const cut = (state: Largest<T>) => {
    state.kept.sort(order);
    if (state.kept.length > n) state.kept.length = n;
    state.last = state.kept[n - 1];
  };

  const put = (state: Largest<T>, entry: T): Largest<T> => {
    if (state.last !== undefined && order(state.last, entry) <= 0) return state;
    state.kept.push(entry);
    if (state.kept.length >= limit) cut(state);
    return state;
  };

  return {
    zero: (): Largest<T> => ({ kept: [], last: undefined }),
    put,
    merge(into: Largest<T>, from: Largest<T>): Largest<T> {
      for (const entry of from.kept) put(into, entry);
      return into;
    },
    /** The first `n`, in order. */
    first: (state: Largest<T>): T[] => state.kept.toSorted(order).slice(0, n),
  };
}

/** The same where those count that are level with the last of them. */
interface Level<T> extends Largest<T> {
  /** How many were kept when it was last cut. */
  cut: number;
}

/**
 * The first `n` of all entries in an order, and all that are level with the last of them. The memory is about twice that of these.
 *
 * @param order entries that are level stand beside each other in it.
 * @param isLevel whether two are.
 */
export function firstWithTies<T>(n: number, order: (a: T, b: T) => number, isLevel: (a: T, b: T) => boolean) {
  const lengthOf = (sorted: readonly T[]): number => {
    const last = sorted[n - 1];
    if (last === undefined) return sorted.length;
    let length = n;
    while (length < sorted.length && isLevel(sorted[length]!, last)) length++;
    return length;
  };

  const put = (state: Level<T>, entry: T): Level<T> => {
    const { kept, last } = state;
    if (last !== undefined && order(last, entry) <= 0 && !isLevel(last, entry)) return state;
    kept.push(entry);
    if (kept.length < 2 * Math.max(n, state.cut) + 16) return state;
    kept.sort(order);
    kept.length = lengthOf(kept);
    state.cut = kept.length;
    state.last = kept[n - 1];
    return state;
  };

  return {
    zero: (): Level<T> => ({ kept: [], last: undefined, cut: n }),
    put,
    merge(into: Level<T>, from: Level<T>): Level<T> {
      for (const entry of from.kept) put(into, entry);
      return into;
    },
    /** All of them, in order. */
    first(state: Level<T>): T[] {
      const sorted = state.kept.toSorted(order);
      return sorted.slice(0, lengthOf(sorted));
    },
  };
}
