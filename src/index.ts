/** What a program may import from us. */

import type { Plan } from './query/plan/plan.ts';
import type { BatchTime } from './run/local/batches/batch-time.ts';
import { LocalRun as Local } from './run/local/local-run.ts';
import type { LocalOptions } from './run/local/options/local-options.ts';
import type { Running } from './run/local/running.ts';

export { type Clock, VirtualClock, wallClock } from './base/clock.ts';
export { formatProblem } from './base/code-frame.ts';
export { entriesOf, fieldsOf } from './base/fields.ts';
export { type Problem, ProgramError, RunFailure } from './base/problem.ts';
export { field, type Value } from './base/value.ts';
export { aggregates, functions, sinks, sources, stages } from './flow/catalog.ts';
export type { Output, PrintFormat } from './flow/define/context.ts';
export { TextOutput } from './flow/output/stdout.ts';
export { compileProgram } from './query/compile.ts';
export { explain } from './query/plan/explain.ts';
export { createScope } from './query/plan/expression/scope.ts';
export type { LocalOptions, LocalResult } from './run/local/options/local-options.ts';
export { runSpec, type SpecResult } from './run/spec/run-spec.ts';

/** A plan at work in this process: the micro-batch executor. `batchTime` is told the time of each batch before its first record, for `now()`. */
export const LocalRun: new (plan: Plan, options: LocalOptions, batchTime: BatchTime) => Running = Local;
