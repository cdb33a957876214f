import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { logfmt } from '../../../src/flow/stages/logfmt.ts';
import { enough } from '../../support/effort.ts';
import { numberText } from '../../support/values.ts';
import { byProjection, byRows, linesOf, mutated, wellFormed } from './projecting.ts';

const NAMES = [
  'a',
  'b',
  'level',
  'levels',
  'http.status',
  'a_key_of_more_than_16_bytes',
  'é',
  '日本',
  '__proto__',
  '',
  'no no',
];

const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...NAMES.slice(0, 6)) },
  fc.constantFrom(...NAMES),
  fc.string({ unit: 'binary', maxLength: 3 }).map(wellFormed),
);

const number = fc.oneof(
  numberText,
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => JSON.stringify(x)),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
  fc.constantFrom('-0', '007', '+1', '1.', '1e5', '1e', '1e999', '1e100', '12ms', '-', '0x1', '3'.repeat(201)),
);

const quoted = fc
  .oneof(
    number,
    fc.string({
      unit: fc.constantFrom('a', ' ', '=', '\\"', '\\\\', '\\n', '\\u0041', '\\x', '\t', 'é', '\u0001', '\r'),
      maxLength: 8,
    }),
  )
  .map((content) => `"${content}"`);

const plain = fc.oneof(
  fc.constantFrom(
    '',
    'info',
    'a=b',
    'a"b',
    '/api?x=1',
    'x'.repeat(70),
    'ünï',
    '…',
    '\u2028',
    '\u00a0',
    '\u0001',
    '\u007f',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }).map(wellFormed),
);

const value = fc.oneof(
  { weight: 3, arbitrary: number },
  { weight: 3, arbitrary: plain },
  { weight: 3, arbitrary: quoted },
);

const blank = fc.oneof(
  { weight: 8, arbitrary: fc.constant(' ') },
  fc.constantFrom('  ', '\t', '\v', '\f', '\r', '\u00a0', '\ufeff', '\u3000', '\u2003', ''),
);

const member = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(key, value).map(([name, text]) => `${name}=${text}`) },
  key,
  fc.constantFrom('"', '=', '=x', 'a="', 'a="\\', 'a="b"c', 'a"b"'),
);

/** Whether most lines are whole decides what a property looks at: the same members on each line, or every way to be wrong. */
const whole = fc
  .tuple(fc.constantFrom('info', 'warn'), number, quoted, fc.constantFrom('', ' b', ' a=1'))
  .map(([level, status, text, rest]) => `level=${level} http.status=${status} a=${text}${rest}`);

const some = fc.array(fc.tuple(member, blank), { maxLength: 5 }).map((parts) => parts.flat().join(''));

const line = fc.oneof(
  { weight: 4, arbitrary: whole },
  { weight: 4, arbitrary: some },
  {
    weight: 2,
    arbitrary: mutated(fc.oneof(whole, some), ['', '"', '\\', ' ', '=', '\u0001', '\ufeff', '\u00a0', '\u2028', '\r']),
  },
  fc.tuple(blank, some).map((parts) => parts.join('')),
  fc.constantFrom('', ' ', '\t\r', '\u00a0'),
);

test.each<Value>([true, false, { a: 'text', 'http.status': 'text' }])(
  'what is read of lines is what the row form has of them, with numbers or without: %s',
  (types) => {
    let projected = 0;
    fc.assert(
      fc.property(fc.subarray(NAMES), fc.array(linesOf(line), { maxLength: 3 }), (names, pieces) => {
        const result = byProjection(logfmt, names, pieces, { types });
        expect(result.seen).toEqual(byRows(logfmt, names, pieces, { types }));
        projected += result.projected;
      }),
      { numRuns: 300 },
    );
    expect(projected).toBeGreaterThan(enough(200));
  },
);
