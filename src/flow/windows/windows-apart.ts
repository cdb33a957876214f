import type { Value } from '../../base/value.ts';
import type { State } from '../define/snapshot.ts';
import type { GroupTable, TableSnapshot } from '../groups/group-table.ts';

interface WindowOf<S> {
  readonly start: number;
  readonly table: GroupTable<S>;
}

/** Whose groups they are, those of one window behind those of the other. Times in ms. */
type Apart = {
  readonly starts: readonly number[];
  /** How many groups each window has. */
  readonly sizes: readonly number[];
  /** Of all their records. */
  readonly highest: number;
};

/** The groups of windows as plain data, for another thread. @param highest event time of their records, ms. */
export function writeApart<S>(windows: Iterable<WindowOf<S>>, highest: number): TableSnapshot<S> {
  const starts: number[] = [];
  const sizes: number[] = [];
  const keys: Value[] = [];
  const states: S[] = [];
  for (const { start, table } of windows) {
    starts.push(start);
    sizes.push(table.size);
    for (const { key, state } of table.places) {
      keys.push(key);
      states.push(state);
    }
  }
  return { texts: undefined, keys, states, apart: { starts, sizes, highest } satisfies Apart as State };
}

/** What was written. @param take is given the start of each window, and what its table takes in. @returns the highest event time. */
export function readApart<S>(
  { keys, states, apart }: TableSnapshot<S>,
  take: (start: number, groups: TableSnapshot<S>) => void,
): number {
  const { starts, sizes, highest } = apart as Apart;
  let from = 0;
  for (const [i, start] of starts.entries()) {
    const to = from + sizes[i]!;
    take(start, { texts: undefined, keys: keys.slice(from, to), states: states.slice(from, to) });
    from = to;
  }
  return highest;
}
