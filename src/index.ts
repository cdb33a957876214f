/** What a program may import from us. */
export { formatProblem } from './base/code-frame.ts';
export { entriesOf, fieldsOf } from './base/fields.ts';
export { type Problem, ProgramError, RunFailure } from './base/problem.ts';
export { field, type Value } from './base/value.ts';
export { type Clock, VirtualClock, wallClock } from './flow/batch/clock.ts';
export type { Output, PrintFormat } from './flow/batch/context.ts';
export { aggregates, functions, sinks, sources, stages } from './flow/catalog.ts';
export { TextOutput } from './flow/sinks/stdout.ts';
export { compileProgram } from './query/compile.ts';
export { explain } from './query/plan/explain.ts';
export { createScope } from './query/plan/expression/scope.ts';
export type { LocalOptions, LocalResult } from './run/local/local-options.ts';
export { LocalRun } from './run/local/local-run.ts';
export { runSpec, type SpecResult } from './run/spec/run-spec.ts';
