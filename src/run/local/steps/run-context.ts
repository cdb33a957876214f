import { VirtualClock } from '../../../base/clock.ts';
import type { Cursor } from '../../../flow/define/chunk.ts';
import type { RunContext } from '../../../flow/define/context.ts';

/** What steps and sinks may tell a run, and where the record under way stands. */
export type Telling = Pick<RunContext, 'cursor' | 'bad' | 'late' | 'note' | 'trace' | 'fail'>;

/** What they may know of it. */
type Frame = Omit<RunContext, keyof Telling>;

/** What steps and sinks are given of a run: the one way to make it, for whoever runs any part of a plan. */
export function runContext(frame: Frame, telling: Telling): RunContext {
  return {
    ...frame,
    cursor: telling.cursor,
    bad: (problem, record) => telling.bad(problem, record),
    late: (why) => telling.late(why),
    note: (message, about) => telling.note(message, about),
    trace: (line) => telling.trace(line),
    fail: (failure) => telling.fail(failure),
  };
}

/**
 * For copies of steps that only look at records: what is bad or noted is told when the record is given to the run itself. Only the clock
 * and the limits are the run's.
 */
export function quietRun(
  run: Pick<RunContext, 'interval' | 'clock' | 'stateMax' | 'now' | 'fail'>,
  cursor: Cursor,
): RunContext {
  const { interval, clock, stateMax } = run;
  const silent: Telling = { cursor, bad() {}, late() {}, note() {}, trace() {}, fail: (failure) => run.fail(failure) };
  return runContext({ interval, clock, live: false, stateMax, now: () => run.now() }, silent);
}

/** For steps that are put together outside of any run, to be asked something or tried on a few records. */
export function noRun(cursor: Cursor = { origin: null, line: 0, text: () => '' }): RunContext {
  const clock = new VirtualClock();
  return quietRun({ interval: 1000, clock, stateMax: Number.POSITIVE_INFINITY, now: () => 0, fail() {} }, cursor);
}
