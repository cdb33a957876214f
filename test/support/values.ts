/** Values of the language for property tests. */
import fc from 'fast-check';
import { fieldsOf, valuesOf } from '../../src/base/fields.ts';
import { readNumber } from '../../src/base/number-text.ts';
import { SpeltNumber } from '../../src/base/spelt-number.ts';
import { isFields, isList, type NewFields, setField, type Value } from '../../src/base/value.ts';

/** What JSON.parse made, as a value of ours: names that are numbers have lost their place by then, but are held under the right keys. */
export function ours(parsed: unknown): Value {
  if (Array.isArray(parsed)) return parsed.map(ours);
  if (typeof parsed !== 'object' || parsed === null) return parsed as Value;
  return fieldsOf(Object.entries(parsed).map(([name, inner]) => [name, ours(inner)]));
}

const SAFE = Number.MAX_SAFE_INTEGER;

/** Integers that a double cannot hold exactly are bigint, smaller ones never. */
const bigInteger = fc
  .bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
  .filter((n) => n > BigInt(SAFE) || n < -BigInt(SAFE));

/** Doubles as JSON gives them: no whole number beyond 2^53 written as an integer, and no -0, which JSON does not write. */
const double = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((n) => !Object.is(n, -0) && (!Number.isInteger(n) || Number.isSafeInteger(n)));

const digits = (most: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: most });

/** What JSON's grammar calls a number, and most programs write in another way; none is too large for a double. */
export const numberText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '1',
    '1.0',
    '1.1',
    '1.10',
    '1.100',
    '10',
    '1e1',
    '0.0',
    '-0.00',
    '0e5',
    '1e3',
    '1E3',
    '1e+3',
  ),
  fc.constantFrom(
    '12345678901234567.1',
    '12345678901234567.2',
    '12345678901234567',
    '1e21',
    '1e+21',
    `1${'0'.repeat(21)}`,
  ),
  fc.constantFrom('0.000001', '0.0000001', '1e-7', '1e-400', '52.5200066', '0.30000000000000004', '-12.50'),
  fc
    .tuple(
      fc.constantFrom('', '-'),
      digits(20).map((text) => text.replace(/^0+(?=\d)/, '')),
      fc.option(digits(20), { nil: '' }),
      fc.constantFrom('', '', '', 'e5', 'E-3', 'e+12', 'e007'),
    )
    .map(([sign, whole, fraction, exponent]) => `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}${exponent}`),
);

/** A number of a text format: mostly one with a spelling, in either way to keep it. */
const ofText = fc.oneof(
  numberText.map((text) => readNumber(text)!),
  fc
    .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 3 }))
    .map(([whole, zeros]) => new SpeltNumber(whole / 10, 1 + zeros)),
);

/** Whether a number with a spelling is anywhere in it. */
export function hasSpelling(value: Value): boolean {
  if (value instanceof SpeltNumber) return true;
  if (isList(value)) return value.some(hasSpelling);
  return isFields(value) && valuesOf(value).some(hasSpelling);
}

/** Names of fields: what an engine takes for the index of a list, and what is nearly so, among others. */
export const fieldNames = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3 }),
  fc.nat(30).map(String),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', 'a', 'b', 'length', '00', '01', '-1', '1.5', '1e3'),
  fc.constantFrom('2024', '4294967294', '4294967295', '9999999999', '12345678901', '\u0000', '\u00001', '\u0000\u0000'),
);

export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Value>(null, true, false, 0, 1, 2, '', 'a', 'b', '\u0000', '\u0000s', '\u0000[1]', '1', 'null'),
    fc.string(),
    fc.string({ unit: fc.constantFrom('a', '\ufffd', '\ud83d\ude00', '\ud800', '\udc00', '"') }),
    fc.integer(),
    double,
    bigInteger,
    ofText,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(fieldNames, tie('value')), { maxLength: 3 }).map((entries) => {
      const fields: NewFields = {};
      for (const [key, value] of entries) setField(fields, key, value);
      return fields;
    }),
  ),
})).value;
