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

/** What stands under the caret. The message says more; the label only says which way to look at the place. */
const LABELS: { readonly [code in ExpressionProblemCode]: string } = {
  'unknown-name': 'not known here',
  'unknown-function': 'no function',
  'unknown-method': 'no such method',
  'argument-count': 'the wrong number of arguments',
  'argument-name': 'a name is not expected',
  'wrong-type': 'the wrong kind of value',
  'needs-function': 'not a function',
  'function-place': 'a function',
  'pattern-place': 'a regular expression',
  'placeholder-count': 'cannot tell which value is meant',
  'placeholder-place': 'nothing it could stand for',
  'lambda-parameters': 'one too many',
  'not-constant': 'not the same each time',
  'bad-constant': 'has no value',
  'bad-regex': 'not well formed',
  'too-deep': 'too deep',
};

export function expressionProblem(code: ExpressionProblemCode, place: Place, mistake: Mistake): Problem {
  return { code, place, label: LABELS[code], ...mistake };
}
