import type { Value } from '../../base/value.ts';

/** Some of the values that come, in order of arrival, as a partial. Those that are merged came later. */
interface Arrived {
  zero(): Value[];
  put(state: Value[], value: Value): Value[];
  merge(into: Value[], from: readonly Value[]): Value[];
  /** The values themselves, in a list that nothing else is done to. */
  result(state: readonly Value[]): Value[];
}

/** The first `n`. */
export function firstArrived(n: number): Arrived {
  return {
    zero: () => [],
    put(state, value) {
      if (state.length < n) state.push(value);
      return state;
    },
    merge(into, from) {
      for (let i = 0; i < from.length && into.length < n; i++) into.push(from[i]!);
      return into;
    },
    result: (state) => state.slice(),
  };
}

/** The last `n`, 1 or more. It keeps fewer than 2 n. */
export function lastArrived(n: number): Arrived {
  // Now and then many are let go of, rather than one with each that comes.
  const bounded = (state: Value[]) => (state.length < 2 * n ? state : state.slice(-n));
  return {
    zero: () => [],
    put(state, value) {
      state.push(value);
      return bounded(state);
    },
    merge(into, from) {
      // One by one: spreading a long list into arguments overflows the stack.
      for (const value of from) into.push(value);
      return bounded(into);
    },
    result: (state) => state.slice(-n),
  };
}
