import type { Compiled } from '../define/compiled.ts';
import type { Step } from '../define/step.ts';
import { conditionOf } from './condition.ts';
import { MOST_ROWS } from './row-block.ts';
import { type Projection, pushingRows, type TakeRows } from './take-rows.ts';

/** Takes rows and hands on those for which a function is true. Where nothing behind it takes rows, only these become records. */
export function filteringRows(f: Compiled, projection: Projection, down: Step): TakeRows {
  const condition = conditionOf(f.column, projection.names);
  const takeOn = down.rows?.(projection) ?? projection.asLines ?? pushingRows((record) => down.push(record));
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
