/** What a program may import from us. */

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
export { LocalRun } from './run/local/local-run.ts';
export type { LocalOptions, LocalResult } from './run/local/options/local-options.ts';
export { runSpec, type SpecResult } from './run/spec/run-spec.ts';
