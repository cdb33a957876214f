import { Chalk } from 'chalk';
import type { Value } from '../../base/value.ts';
import type { Format, Write } from './format.ts';
import { type Shown, type TableOptions, writeBlock } from './table.ts';

/** So many rows are laid out together at most. */
const BLOCK = 1000;
/** The names of the columns are written again after so many rows, before they are out of sight. */
const PAGE = 40;

/**
 * Rows for people who look on while they come: no batch is told from the next, since no row belongs to the others of its batch more than
 * to those before. Columns are as wide as they had to be so far; their names come first, again where there are others or wider ones, and
 * every so often.
 */
export function flowingTable(write: Write, options: TableOptions): Format {
  const paint = new Chalk({ level: options.color ? 1 : 0 });
  let rows: Value[] = [];
  let shown: Shown | undefined;
  let sinceHead = 0;

  const wantsHead = (widths: readonly number[]): boolean =>
    sinceHead >= PAGE || widths.some((width, i) => width !== shown?.widths[i]);

  const block = (): void => {
    if (rows.length === 0) return;
    const next = writeBlock(write, rows, shown, paint, options, undefined, wantsHead);
    sinceHead = (next.hasHead ? 0 : sinceHead) + rows.length;
    shown = next;
    rows = [];
  };

  return {
    push(record) {
      rows.push(record);
      if (rows.length >= BLOCK) block();
    },
    close(_span, leftOut) {
      block();
      if (leftOut > 0) write(`${paint.dim(`… and ${leftOut.toLocaleString('en-US')} more`)}\n`);
    },
  };
}
