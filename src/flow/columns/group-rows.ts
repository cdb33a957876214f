import { MOST_ROWS } from '../bytes/row-block.ts';
import type { TakeRows } from '../define/faster.ts';
import type { Aggregate, Grouping, ReadingAggregate } from '../define/grouping.ts';
import { findingGroups } from './find-groups.ts';
import { GroupRuns } from './group-runs.ts';
import type { Groups, Partials } from './groups.ts';
import { type Input, inputOf } from './inputs.ts';
import { readSureRows, takeSureRows } from './sure-rows.ts';

/**
 * Takes rows into groups: first all that can be read of all of them, then the groups that they belong to, then each aggregate for all of
 * them. A row that has to be read otherwise ends it there, before it or any behind it has been put anywhere.
 *
 * @returns undefined where the aggregate does not say what it reads of a record.
 */
export function groupingRows<S>(
  { key, aggregate }: Grouping<S>,
  names: readonly string[],
  groups: Groups<S>,
): TakeRows | undefined {
  const input = inputOfAll(aggregate as Aggregate, names, groups as Groups<unknown>);
  if (input === undefined) return undefined;
  const find = findingGroups(key, names, groups as Groups<unknown>);
  const found = new Int32Array(MOST_ROWS);
  return takeSureRows([input.read, (block, rows, count) => find(block, rows, count, found)], (count) => {
    groups.changed(found, count);
    input.put(found, 0, count);
  });
}

/** What all parts of an aggregate take of rows, see {@link Input}. */
export interface WholeInput {
  readonly read: TakeRows;
  put(found: Int32Array, from: number, to: number): void;
}

/** @returns undefined where the aggregate does not say what it reads of a record. */
export function inputOfAll(
  aggregate: Aggregate,
  names: readonly string[],
  partials: Partials<unknown>,
): WholeInput | undefined {
  const inputs = inputsOf(aggregate, names, partials);
  if (inputs === undefined) return undefined;
  // Functions come last, and are called for no row that is not sure: what they say of values they would say again.
  const readers = inputs.toSorted((a, b) => Number(a.callsFunction) - Number(b.callsFunction));
  const runs = new GroupRuns();
  return {
    read: readSureRows(readers.map((input) => (block, rows, count) => input.read(block, rows, count))),
    put(found, from, to) {
      const inOrder = runs.sort(found, from, to) ? runs : undefined;
      for (const input of inputs) input.put(found, from, to, inOrder);
    },
  };
}

function inputsOf(
  aggregate: Aggregate,
  names: readonly string[],
  partials: Partials<unknown>,
): readonly Input[] | undefined {
  if (isReading(aggregate)) return [inputOf(aggregate, names, partials, undefined)];
  const { parts } = aggregate;
  return parts?.every(isReading) ? parts.map((part, i) => inputOf(part, names, partials, i)) : undefined;
}

/** Whether an aggregate says what it reads of a record. */
export function isReading(aggregate: Aggregate): aggregate is ReadingAggregate {
  return 'read' in aggregate;
}
