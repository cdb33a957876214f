import { isTruthy, type Value } from '../../base/value.ts';
import type { Compiled } from '../define/compiled.ts';
import type { RunContext } from '../define/context.ts';
import type { Step } from '../define/step.ts';
import { reportBad } from '../records/report-bad.ts';

/** Gives out what passes a window's filter; what does not is hidden and stays in the window. */
export function outThrough(filter: Compiled | undefined, run: RunContext, down: Step): (record: Value) => void {
  if (filter === undefined) return (record) => down.push(record);
  const { call } = filter;
  const passes = (record: Value): boolean => {
    try {
      return isTruthy(call(record));
    } catch (error) {
      reportBad(run, error, record);
      return false;
    }
  };
  return (record) => {
    if (passes(record)) down.push(record);
  };
}
