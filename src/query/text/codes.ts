import type { Place, Problem } from '../../base/problem.ts';

/** Every problem that the text of a program can have, with what it means. The codes stay the same for ever. */
export const TEXT_PROBLEMS = {
  // Words and signs
  'unclosed-string': 'a text without its closing quote',
  'unclosed-template': 'a template without its closing back-tick',
  'unclosed-regex': 'a regular expression without its closing slash',
  'bad-escape': 'a backslash in a text before a character that means nothing there',
  'bad-number': 'something that starts with a digit and is no number, duration or size',
  'number-too-large': 'a number that does not fit into a double',
  'bad-regex': 'a regular expression that is not well formed',
  'bad-flag': 'a flag that regular expressions do not have here',
  'smart-quotes': 'typographic quotes, as word processors make them, around a text',
  'shell-escape': 'a backslash outside of texts, mostly a rest of shell quoting',
  'shell-variable': 'a dollar sign as in the shell or in awk',
  'stray-character': 'a character that has no meaning outside of texts',

  // Brackets
  'unclosed-bracket': 'a bracket that is opened and never closed',
  'wrong-bracket': 'a bracket closed by one of another kind',
  'stray-bracket': 'a closing bracket that closes nothing',

  // Programs and streams
  'empty-program': 'a program without a stage',
  'no-output': 'a program of nothing but let streams',
  'let-form': 'a let that is not `let name = stream;`',
  'let-after-stream': 'a let behind a stream that gives something out',
  'let-twice': 'two let streams of one name',
  'missing-stage': 'nothing where a stage must stand',
  'not-a-stage': 'an expression where a stage must stand',
  'stage-sign': 'something else than `|` between two stages',
  'missing-brackets': 'an argument of a stage without brackets around it',
  redirect: "the shell's `>` or `<` inside the program",
  sql: 'a query of SQL',
  'stage-name': '`as` behind a stage without a name in quotes',
  'not-joined': 'a stage followed by something that is neither `|` nor `;`',

  // Arguments and lambdas
  'order-of-arguments': 'a positional argument behind a named one',
  'argument-twice': 'two arguments of one name',
  'parameter-form': 'a parameter of a lambda that is not a plain name',
  'placeholder-parameter': '`_` as the name of a parameter',
  'parameter-twice': 'two parameters of one name',
  'wrong-arrow': 'a lambda that is not written `x => …`',

  // Expressions
  'missing-expression': 'nothing where an expression must stand',
  unexpected: 'something that does not fit behind what stands before it',
  'field-form': 'a field that is not written `.name`, `["name"]` or `[number]`',
  'object-form': 'an entry of an object that is not `name: value`',
  'entry-twice': 'two fields in an object that have one last name',
  tuple: 'several values in round brackets, as Scala and Python write pairs',
  'spread-place': '`...` outside of a list or an object',
  'not-callable': 'a call of something that is not the name of a function or a method',
  'power-of-negative': '`-x ** 2`, which can be read in two ways',
  'mixed-nullish': '`??` beside `||` or `&&`, which can be read in two ways',
  'chained-comparison': '`a < b < c`, which would compare a boolean with c',
  'no-assignment': 'an assignment',
  'no-bit-operators': 'a bit operator of JavaScript',
  'no-statements': 'statements where an expression must stand',
  'foreign-operator': 'an operator of another language',
  'foreign-word': 'a word of JavaScript that the language does not have',
  'too-deep': 'an expression that is nested too deep',
} as const;

export type TextProblemCode = keyof typeof TEXT_PROBLEMS;

/** A problem of the text: its code is one of the list. */
export interface TextProblem extends Problem {
  readonly code: TextProblemCode;
}

/** What stands in a problem beside its code, place and message. */
type Rest = Omit<Problem, 'code' | 'place' | 'message'>;

export function textProblem(code: TextProblemCode, place: Place, message: string, rest: Rest = {}): TextProblem {
  return { code, place, message, ...rest };
}
