import type { Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';
import type { Grouping } from '../define/grouping.ts';
import type { Span } from '../define/span.ts';
import { reportBad } from '../records/report-bad.ts';

/** Gives out what a grouping makes of no records, if it makes anything of them (`count`, `aggregate`). */
export function giveEmpty<S>(grouping: Grouping<S>, span: Span, run: RunContext, out: (record: Value) => void): void {
  if (grouping.emitsEmpty !== true) return;
  try {
    grouping.emit(null, grouping.aggregate.zero(), span, out);
  } catch (error) {
    reportBad(run, error, null);
  }
}
