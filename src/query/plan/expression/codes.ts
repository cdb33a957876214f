import type { Place, Problem } from '../../../base/problem.ts';
import type { Mistake } from './types.ts';

/** Every problem that an expression can have once its text has been read, with what it means. The codes stay the same for ever. */
export const EXPRESSION_PROBLEMS = {
  'unknown-name': 'a word that is neither a parameter nor a function',
  'unknown-function': 'a call of a function that there is not',
  'unknown-method': 'a method that no value has, or that this kind of value has not',
  'argument-count': 'too many or too few arguments of a function',
  'argument-name': 'a named argument of a function, which has none',
  'wrong-type': 'a value of a kind that cannot be worked on like this, known ahead of the run',
  'needs-function': 'a value where a function is expected',
  'function-place': 'a function where a value is expected',
  'pattern-place': 'a regular expression where a value is expected',
  'placeholder-count': 'more or fewer `_` than the function is given values, or a field where it is given several',
  'placeholder-place': '`_` or `.name` where no function is expected, or in one that names its parameters',
  'lambda-parameters': 'a function with more parameters than it is given values',
  'not-constant': 'something that changes where a value is needed that does not',
  'bad-constant': 'a constant that cannot be worked out',
  'bad-regex': 'a regular expression that is not well formed',
  'too-deep': 'an expression that is nested too deep',
} as const;

export type ExpressionProblemCode = keyof typeof EXPRESSION_PROBLEMS;

export function expressionProblem(code: ExpressionProblemCode, place: Place, mistake: Mistake): Problem {
  return { code, place, ...mistake };
}
