/** What was kept so far: at most twice what is asked for, so that sorting costs little for each. */
export interface Largest<T> {
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
