import type { Cursor } from '../../../flow/define/chunk.ts';
import type { RunContext } from '../../../flow/define/context.ts';

/**
 * For copies of steps that only look at records: what is bad or noted is told when the record is given to the run itself. Only the clock
 * and the limits are the run's.
 */
export function quietRun(
  run: Pick<RunContext, 'interval' | 'clock' | 'stateMax' | 'now' | 'fail'>,
  cursor: Cursor,
): RunContext {
  return {
    interval: run.interval,
    cursor,
    clock: run.clock,
    live: false,
    stateMax: run.stateMax,
    now: () => run.now(),
    bad() {},
    late() {},
    note() {},
    trace() {},
    fail: (failure) => run.fail(failure),
  };
}
