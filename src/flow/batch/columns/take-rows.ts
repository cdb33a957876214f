import type { Value } from '../../../base/value.ts';
import type { RowBlock } from './row-block.ts';

/** No row: all were taken. It is above the number of any row. */
export const NONE = 0x7fffffff;

/**
 * Takes rows as they lie in a block: only a faster way to the same answer. `rows` has the numbers of `count` rows, in their order.
 *
 * @returns the first row that it did not take, as one that it is not sure of; {@link NONE} if it took all. Neither that row nor any behind
 * it has left a trace. The caller gives it as a record, which may then be told to be bad, and goes on with those behind it.
 */
export type TakeRows = (block: RowBlock, rows: Int32Array, count: number) => number;

/** Gives rows on as records, for a step that takes nothing else. */
export function pushingRows(push: (record: Value) => void): TakeRows {
  return (block, rows, count) => {
    block.lookUpAll(rows, count);
    for (let i = 0; i < count; i++) push(block.recordInPlace(rows[i]!));
    return NONE;
  };
}
