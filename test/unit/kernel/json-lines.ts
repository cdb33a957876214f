import fc from 'fast-check';
import { linesOf, mutated, wellFormed } from './projecting.ts';

/** Names that are told apart by little: by a byte, by what is behind the eighth or sixteenth byte, or that the host has something under. */
export const NAMES = [
  'a',
  'b',
  'status',
  'statuses',
  'a_longer_name',
  'a_longer_nam2',
  'a name of many more than sixteen bytes',
];
export const ODD_NAMES = ['', 'é', '日本', '__proto__', 'constructor', 'length', '0', 'a"b', 'a\\b', 'a\nb'];

/** What is put somewhere into lines to make them wrong, or not quite. */
const SIGNS = ['', '"', '\\', '{', '}', ',', ':', 'x', '\u0001', '\ufeff', '\u00a0', '\u2028'];

const blank = fc.constantFrom('', '', '', '', ' ', '  ', '\t', '\r', ' \r\t ');

const numbers = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => JSON.stringify(x)),
  fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
  fc.constantFrom(
    '0',
    '-0',
    '-0.0',
    '0e5',
    '1e22',
    '1e23',
    '1E+2',
    '1e-22',
    '1e-400',
    '1e400',
    '123456789012345678',
    '0.1',
    '4.35',
  ),
  fc.constantFrom(
    '9007199254740991',
    '9007199254740992',
    '9007199254740993',
    '-9007199254740993',
    '9007199254740993.0',
  ),
  fc.constantFrom('01', '+1', '.5', '1.', '1e', '1e+', '-', '--1', '1e99999', '0.000000000000000000000000000000000001'),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.integer({ min: 0, max: 30 }), fc.integer({ min: -40, max: 40 }))
    .map(([digits, behind, exponent]) => `${digits}.${'7'.repeat(behind + 1)}e${exponent}`),
);

const strings = fc.oneof(
  fc.string({ maxLength: 40 }).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(wellFormed(text))),
  fc.constantFrom(
    '"ok"',
    '""',
    '"/api/v1"',
    '"\\u0041"',
    '"\\ud800"',
    '"\\/"',
    '"\\x"',
    '"\\u12g4"',
    '"a\tb"',
    '"',
    '"\\"',
    `"${'x'.repeat(70)}"`,
  ),
  fc.integer({ min: 0, max: 20 }).map((n) => `"${'s'.repeat(n)}"`),
);

const { value, object } = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    numbers,
    strings,
    fc.constantFrom('true', 'false', 'null', 'nul', 'True', 'truefalse'),
    tie('object'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc.constantFrom('[1,]', '[', '[}', '{]', '{"a"}', '{"a":1,}', '[[]]', '{}', '[ ]', '{ }', '[{}]'),
    fc.integer({ min: 60, max: 70 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  ),
  object: fc
    .array(
      fc.record({
        name: fc.oneof(
          { weight: 8, arbitrary: fc.constantFrom(...NAMES).map((name) => JSON.stringify(name)) },
          fc.constantFrom(...ODD_NAMES).map((name) => JSON.stringify(name)),
          fc.constantFrom('"\\u0061"', 'a', '"a'),
        ),
        value: tie('value'),
        blanks: fc.tuple(blank, blank, blank, blank),
      }),
      { maxLength: 6 },
    )
    .map((members) => {
      const texts = members.map(({ name, value, blanks: [a, b, c, d] }) => `${a}${name}${b}:${c}${value}${d}`);
      return `{${texts.join(',')}}`;
    }),
}));

/** Whether most lines are whole decides what a property looks at: the same members on each line, or every way to be wrong. */
const whole = fc
  .record({
    a: numbers,
    status: fc.constantFrom('200', '404', '503'),
    a_longer_name: strings,
    b: value,
  })
  .map((fields) => `{${Object.entries(fields).map(([name, text]) => `"${name}":${text}`)}}`);

const line = fc.oneof(
  { weight: 4, arbitrary: whole },
  { weight: 4, arbitrary: object },
  { weight: 2, arbitrary: mutated(fc.oneof(object, whole), SIGNS) },
  value,
  fc.tuple(blank, object, blank).map((parts) => parts.join('')),
  fc.constantFrom('', ' ', '\t\r', '[1]', '5', 'nonsense'),
);

export const jsonLines = linesOf(line);
