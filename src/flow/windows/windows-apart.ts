import type { Value } from '../../base/value.ts';
import type { GroupTable, TableSnapshot } from '../groups/group-table.ts';

interface WindowOf<S> {
  readonly start: number;
  readonly table: GroupTable<S>;
}

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
  return { texts: undefined, keys, states, windows: { starts, sizes, highest } };
}

/** The start of each window that was written, and what its table takes in. */
export function* readApart<S>({ keys, states, windows }: TableSnapshot<S>): Iterable<[number, TableSnapshot<S>]> {
  let from = 0;
  for (const [i, start] of windows!.starts.entries()) {
    const to = from + windows!.sizes[i]!;
    yield [start, { texts: undefined, keys: keys.slice(from, to), states: states.slice(from, to) }];
    from = to;
  }
}
