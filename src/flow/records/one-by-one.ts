import type { Value } from '../../base/value.ts';
import type { Cursor } from '../define/chunk.ts';
import {
  type FieldReading,
  LINES,
  type LookedAt,
  NONE,
  type Offer,
  type TakeRows,
  type TakeTexts,
} from '../define/faster.ts';
import type { Step } from '../define/step.ts';
import { pushLines } from '../framing/lines.ts';
import { rowTally } from './row-tally.ts';

/*
 * What gives records on in the form that they are offered in has to give them to any step. So a step that answers is given them so, and any other
 * one by one, made here.
 */

/** Takes whole lines into a step. @param cursor is moved where they are pushed. */
export function linesInto(down: Step, cursor: Cursor): TakeTexts {
  const push: TakeTexts = (lines) => {
    pushLines(lines, cursor, (line) => down.push(line));
    return undefined;
  };
  return down.faster?.(LINES) ?? push;
}

/** Takes rows into a step; where more than their fields is wanted of them, as lines. */
export function rowsInto(down: Step, offer: Offer<'rows'>): TakeRows {
  return down.faster?.(offer) ?? offer.asLines ?? pushingRows((record) => down.push(record));
}

/** How a kernel reads fields of lines into a step. @param step is the row form, which is given all other lines. */
export function fieldsInto(down: Step, step: Step, { names, byFilters }: LookedAt, cursor: Cursor): FieldReading {
  const line = (text: string) => step.push(text);
  const offer: Offer<'rows'> = { form: 'rows', names, ...(byFilters ? { asLines: givingLines(line) } : {}) };
  const take = rowsInto(down, offer);
  const rows: TakeRows = (block, numbers, count) => {
    const left = take(block, numbers, count);
    rowTally.settle(left);
    return left;
  };
  return { names, cursor, line, rows };
}

/** Gives rows on as records. */
export function pushingRows(push: (record: Value) => void): TakeRows {
  return (block, rows, count) => {
    block.lookUpAll(rows, count);
    for (let i = 0; i < count; i++) push(block.recordInPlace(rows[i]!));
    return NONE;
  };
}

/** Gives the lines of rows, to be read anew. */
function givingLines(give: (line: string) => void): TakeRows {
  return (block, rows, count) => {
    rowTally.again(rows, count);
    for (let i = 0; i < count; i++) give(block.lineInPlace(rows[i]!));
    return NONE;
  };
}
