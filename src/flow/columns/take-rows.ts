import type { Value } from '../../base/value.ts';
import type { RowBlock } from './row-block.ts';

/** What is known of rows before they come. */
export interface Projection {
  /** The fields that they have, in the order of their slots. */
  readonly names: readonly string[];
  /**
   * Set where more than these fields is wanted of records: takes those that pass what is tested before, as lines that are read anew from
   * the start. It takes all of them.
   */
  readonly asLines?: TakeRows;
}

/** No row: all were taken. It is above the number of any row. */
export const NONE = 0x7fffffff;

/**
 * Takes rows as they lie in a block: only a faster way to the same answer. `rows` has the numbers of `count` rows, in their order.
 *
 * @returns the first row that it did not take, as one that it is not sure of; {@link NONE} if it took all. Neither that row nor any behind
 * it has left a trace. The caller has its line read by the row form, which may tell that it is bad, and goes on with those behind it.
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

/** Gives the lines of rows, to be read anew. */
export function givingLines(give: (line: string) => void): TakeRows {
  return (block, rows, count) => {
    for (let i = 0; i < count; i++) give(block.lineInPlace(rows[i]!));
    return NONE;
  };
}
