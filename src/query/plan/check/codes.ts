import type { Place, Problem } from '../../../base/problem.ts';

/** Every problem that the plan of a program can have once its text has been read, with what it means. The codes stay the same for ever. */
export const PLAN_PROBLEMS = {
  // Streams
  'unknown-stage': 'a name that is neither a stage nor a sink',
  'source-inside': 'a source, or a let stream, behind another stage',
  'name-taken': 'a let stream with the name of a word of the language',
  'stdin-twice': 'standard input with two sets of arguments',
  'same-files': 'two sinks that would write to files of the same names',
  'name-twice': 'two stages of one name',
  'needs-stream': 'stages without a source where another stream is expected',
  'needs-stages': 'a value where stages are expected',
  'stream-argument': 'stages where a value or a function is expected',

  // What flows into a stage
  'needs-pairs': 'a stage on pairs that is given something else',
  'needs-text': 'a stage on strings that is given something else',
  'needs-objects': 'a stage on objects that is given something else',
  'needs-stage-before': 'a stage that has to stand directly behind a certain other one',
  'header-place': 'a parser that looks for header lines behind a stage after which nobody knows which lines are first',

  // Arguments
  'missing-argument': 'an argument that has to be given',
  'too-many-arguments': 'more arguments than there are parameters',
  'arguments-exchanged': 'two arguments that stand the other way round',
  'argument-twice': 'an argument given by its place and by its name',
  'unknown-argument': 'a name that no argument of the word has',
  'argument-alone': 'an argument that means nothing without another one',
  'wrong-argument': 'an argument of the wrong kind, or out of its range',
  'missing-driver': 'a word that needs a package which is not installed',
  'missing-secret': 'a variable of the environment that an argument names, and that is not set',
  'needs-field': 'something else than a field, `.name`, where one is expected',
  'bad-regex': 'a regular expression that is not well formed',

  // Aggregates
  'needs-aggregates': 'something else than aggregates with their names in braces',
  'needs-key': 'aggregates where the key of the groups is expected',
  'needs-aggregate': 'a field of a record where all records of a group are',
  'analytic-place': 'a word that looks at other results where there are none',
  'unknown-aggregate': 'something that is no aggregate where one is expected',
  'column-twice': 'two columns of one name',

  // Windows
  'window-does-not-fit': 'a length or slide that is no multiple of what the window is made of',
  'event-time-behind': 'a window by event time behind an aggregation',
  'window-of-event-time': 'a window by arrival over windows by event time',
  'different-slides': 'two streams that do not give out at the same times',
  'windows-over-time': 'a join over time of windows by event time, which meet by their start and end',
  'too-many-copies': 'a stream that is joined to itself so often that a record comes thousands of times',
} as const;

export type PlanProblemCode = keyof typeof PLAN_PROBLEMS;

/** A problem of the plan: its code is one of the list, and it always has a label and a way out. */
export interface PlanProblem extends Problem {
  readonly code: PlanProblemCode;
  readonly label: string;
  readonly help: string;
}

/** What stands in a problem beside its code and place. */
type Rest = Omit<PlanProblem, 'code' | 'place'>;

export function planProblem(code: PlanProblemCode, place: Place, rest: Rest): PlanProblem {
  return { code, place, ...rest };
}
