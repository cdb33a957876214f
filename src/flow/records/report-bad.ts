import { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { RunContext } from '../define/context.ts';

/**
 * Reports what an expression threw: a bad record is counted, a record too deep for the call stack or a text too long is one too.
 *
 * @throws anything else again: a fault of ours.
 */
export function reportBad(run: Pick<RunContext, 'bad'>, error: unknown, record: Value): void {
  if (error instanceof BadRecord) run.bad(error, record);
  else if (error instanceof RangeError) run.bad(new BadRecord('nested too deep, or too long', error.message), record);
  else throw error;
}
