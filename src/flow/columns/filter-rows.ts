import { MOST_ROWS } from '../bytes/row-block.ts';
import type { Compiled } from '../define/compiled.ts';
import type { Offer, TakeRows } from '../define/faster.ts';
import type { Step } from '../define/step.ts';
import { rowsInto } from '../records/one-by-one.ts';
import { conditionOf } from './condition.ts';

/** Takes rows and hands on those for which a function is true. Where nothing behind it takes rows, only these become records. */
export function filteringRows(f: Compiled, offer: Offer<'rows'>, down: Step): TakeRows {
  const condition = conditionOf(f.column, offer.names);
  const takeOn = rowsInto(down, offer);
  const passes = new Uint8Array(MOST_ROWS);
  const passed = new Int32Array(MOST_ROWS);
  return (block, rows, count) => {
    const unsure = condition(block, rows, count, passes);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (row >= unsure) break;
      passed[kept] = row;
      kept += passes[row]!;
    }
    return kept === 0 ? unsure : Math.min(unsure, takeOn(block, passed, kept));
  };
}
