import type { Place } from '../../base/problem.ts';
import { type TextProblem, type TextProblemCode, textProblem } from './codes.ts';
import { type ForeignName, isForeignName } from './foreign-names.ts';
import { describeToken, type Token } from './token.ts';

/** What is said of something that JavaScript or another language has and this one has not. */
interface Foreign {
  readonly code: TextProblemCode;
  readonly message: string;
  readonly help: string;
}

const ASSIGNS: Foreign = {
  code: 'no-assignment',
  message: 'nothing can be assigned in an expression',
  help: 'write the new value itself: `a + 1` gives it',
};

const SHIFTS: Foreign = {
  code: 'no-bit-operators',
  message: 'there are no bit operators',
  help: 'a shift by n bits is `* 2 ** n`, or `floor(x / 2 ** n)`',
};

const MATCHES: Foreign = {
  code: 'foreign-operator',
  message: 'a text is matched by a method',
  help: '`.name.match(/…/)` is null where nothing matches, and null counts as false',
};

const SIGNS: ReadonlyMap<string, Foreign> = new Map<string, Foreign>([
  [
    '=',
    {
      code: 'no-assignment',
      message: '`=` would assign, and nothing can be assigned in an expression',
      help: 'compare with `==`; an argument with a name is `name: value`',
    },
  ],
  ...[
    '+=',
    '-=',
    '*=',
    '/=',
    '%=',
    '**=',
    '&=',
    '|=',
    '^=',
    '<<=',
    '>>=',
    '>>>=',
    '&&=',
    '||=',
    '??=',
    '++',
    '--',
    ':=',
  ].map((sign) => [sign, ASSIGNS] as const),
  ['&', { code: 'no-bit-operators', message: 'there are no bit operators', help: '"and" is `&&`' }],
  [
    '^',
    {
      code: 'no-bit-operators',
      message: 'there are no bit operators',
      help: 'a power is `**`; "either, not both" is `!=`',
    },
  ],
  ['<<', SHIFTS],
  ['>>', SHIFTS],
  ['>>>', SHIFTS],
  ['~', MATCHES],
  ['=~', MATCHES],
  ['!~', MATCHES],
  [
    '=>',
    {
      code: 'parameter-form',
      message: 'what stands before `=>` is no parameter',
      help: 'a lambda is `x => …` or `(a, b) => …`; the parts of a list are `x[0]` and `x[1]`',
    },
  ],
  ['<>', { code: 'foreign-operator', message: '"is not equal" is not `<>` here', help: '`!=`' }],
  ['?:', { code: 'foreign-operator', message: '"or else" is not `?:` here', help: '`a ?? b` is b where a is null' }],
  [
    '..',
    {
      code: 'foreign-operator',
      message: 'there are no ranges',
      help: 'a list is `[1, 2, 3]`, a part of one `.slice(1, 3)`',
    },
  ],
  [
    '::',
    {
      code: 'foreign-operator',
      message: '`::` means nothing here',
      help: 'a field is `.name`, a named argument `name: value`',
    },
  ],
  ['->', { code: 'wrong-arrow', message: 'a lambda is written with `=>`, found `->`', help: '`x => x + 1`' }],
  ['|>', { code: 'stage-sign', message: 'stages are joined by `|`, found `|>`', help: '`a | b`' }],
  [
    ';',
    {
      code: 'no-statements',
      message: '`;` ends a stream and cannot stand in brackets',
      help: 'there are no statements: an expression gives its value by itself',
    },
  ],
  [
    '|',
    {
      code: 'unexpected',
      message: '`|` joins stages and cannot stand here',
      help: '"or" is `||`; a stream as an argument stands directly between the brackets of its stage',
    },
  ],
]);

const STATEMENT: Foreign = {
  code: 'no-statements',
  message: 'there are no statements in an expression',
  help: 'an expression gives its value by itself: `x => x + 1`; a choice is `a ? b : c`',
};

const LAMBDA: Foreign = { code: 'foreign-word', message: 'functions have no keyword', help: '`(a, b) => a + b`' };

/** Of words of JavaScript that stand before an expression, or for one. */
const WORDS: { readonly [name in ForeignName]: Foreign } = {
  return: STATEMENT,
  let: STATEMENT,
  const: STATEMENT,
  var: STATEMENT,
  throw: STATEMENT,
  for: STATEMENT,
  while: STATEMENT,
  do: STATEMENT,
  switch: STATEMENT,
  try: STATEMENT,
  else: STATEMENT,
  function: LAMBDA,
  lambda: LAMBDA,
  async: LAMBDA,
  new: {
    code: 'foreign-word',
    message: 'there is no `new`',
    help: 'values are written as they are: `{a: 1}`, `[1, 2]`; a time is `time(x)`',
  },
  this: { code: 'foreign-word', message: 'there is no `this`', help: 'the record is `_`, its fields are `.name`' },
  class: { code: 'foreign-word', message: 'there are no classes', help: 'an object is `{name: value}`' },
  super: { code: 'foreign-word', message: 'there are no classes', help: 'an object is `{name: value}`' },
  typeof: {
    code: 'foreign-word',
    message: 'there is no `typeof`',
    help: 'values of another type give null: `number(x) != null` holds for numbers',
  },
  await: {
    code: 'foreign-word',
    message: 'there is nothing to await',
    help: 'every value is there at once: leave `await` out',
  },
  yield: { code: 'foreign-word', message: 'there is no `yield`', help: '`flatMap(x => [a, b])` gives several records' },
  delete: {
    code: 'foreign-word',
    message: 'nothing can be deleted from a value',
    help: 'make a new object of the fields to keep: `{a: .a, b: .b}`',
  },
  void: { code: 'foreign-word', message: 'there is no `void`', help: '`null`' },
  undefined: { code: 'foreign-word', message: 'there is no `undefined`', help: '`null`: a missing field is null' },
  NaN: { code: 'foreign-word', message: 'there is no `NaN`', help: '`null`: what cannot be computed is null' },
  Infinity: { code: 'foreign-word', message: 'there is no `Infinity`', help: '`null`: a division by zero is null' },
  import: {
    code: 'foreign-word',
    message: 'a program imports nothing',
    help: 'functions of your own come in by `--import ./file.mjs`',
  },
  export: { code: 'foreign-word', message: 'a program exports nothing', help: 'leave `export` out' },
};

const AND: Foreign = { code: 'foreign-operator', message: '"and" is written `&&`', help: '`a && b`' };
const OR: Foreign = { code: 'foreign-operator', message: '"or" is written `||`', help: '`a || b`' };

/** Words that other languages use between two values. */
const OPERATOR_WORDS: ReadonlyMap<string, Foreign> = new Map<string, Foreign>([
  ['and', AND],
  ['AND', AND],
  ['or', OR],
  ['OR', OR],
  ['is', { code: 'foreign-operator', message: '"is" is written `==`', help: '`a == b`' }],
  ['eq', { code: 'foreign-operator', message: '"is equal" is written `==`', help: '`a == b`' }],
  ['ne', { code: 'foreign-operator', message: '"is not equal" is written `!=`', help: '`a != b`' }],
  ['mod', { code: 'foreign-operator', message: 'the remainder is written `%`', help: '`a % b`' }],
  ['like', MATCHES],
  ['matches', MATCHES],
  ['in', { code: 'foreign-word', message: 'there is no `in`', help: '`list.includes(x)`, or `has(object, "name")`' }],
  ['not', { code: 'foreign-operator', message: '"not" is written `!`', help: '`!list.includes(x)`' }],
  ['instanceof', { code: 'foreign-word', message: 'there is no `instanceof`', help: 'values have no classes' }],
  ['if', { code: 'foreign-operator', message: 'a choice is not written with `if` here', help: '`condition ? a : b`' }],
  ['as', { code: 'foreign-word', message: 'there is no `as`', help: 'a name for a value is `{name: value}`' }],
]);

/** A problem for a word that cannot stand where a value is expected; undefined for all other words. */
export function foreignWord(token: Token, next: Token): TextProblem | undefined {
  if (token.text === 'not' && (next.kind === 'name' || (next.kind === 'sign' && next.text === '.'))) {
    return problemOf({ code: 'foreign-operator', message: '"not" is written `!`', help: '`!a`' }, token.place);
  }
  return isForeignName(token.text) ? problemOf(WORDS[token.text], token.place) : undefined;
}

/** A problem for a word that starts a statement where an entry of an object should stand; `if` is a name elsewhere. */
export function statementWord(token: Token, next: Token): TextProblem | undefined {
  return token.text === 'if' ? problemOf(STATEMENT, token.place) : foreignWord(token, next);
}

/**
 * A problem for a token that does not fit where it stands: what it would be in the language it comes from, or what was expected
 * and found.
 *
 * @param expected what could stand there, in the user's words.
 */
export function misplaced(token: Token, expected: string, help?: string): TextProblem {
  const foreign =
    token.kind === 'sign' ? SIGNS.get(token.text) : token.kind === 'name' ? OPERATOR_WORDS.get(token.text) : undefined;
  if (foreign !== undefined) return problemOf(foreign, token.place);
  return textProblem('unexpected', token.place, `expected ${expected}, found ${describeToken(token)}`, {
    label: `expected ${expected}`,
    ...(help !== undefined && { help }),
  });
}

/** A problem for a token where an expression must start. */
export function noExpression(token: Token, after: string): TextProblem {
  const foreign = token.kind === 'sign' && token.text !== '=' && token.text !== '|' ? SIGNS.get(token.text) : undefined;
  if (foreign !== undefined) return problemOf(foreign, token.place);
  return textProblem('missing-expression', token.place, `expected a value ${after}, found ${describeToken(token)}`, {
    label: 'a value is missing',
  });
}

function problemOf(foreign: Foreign, place: Place): TextProblem {
  return textProblem(foreign.code, place, foreign.message, {
    label: LABELS[foreign.code] ?? 'not in the language',
    help: foreign.help,
  });
}

const LABELS: { readonly [code in TextProblemCode]?: string } = {
  'stage-sign': 'expected `|`',
  'wrong-arrow': 'expected `=>`',
  'parameter-form': 'expected a name before it',
  'no-statements': 'expected an expression',
  unexpected: 'no stage can follow here',
};
