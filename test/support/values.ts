/** Values of the language for property tests. */
import fc from 'fast-check';
import { setField, type Value } from '../../src/base/value.ts';

const SAFE = Number.MAX_SAFE_INTEGER;

/** Integers that a double cannot hold exactly are bigint, smaller ones never. */
const bigInteger = fc
  .bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
  .filter((n) => n > BigInt(SAFE) || n < -BigInt(SAFE));

/** Doubles as JSON gives them: no whole number beyond 2^53 written as an integer, and no -0, which JSON does not write. */
const double = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((n) => !Object.is(n, -0) && (!Number.isInteger(n) || Number.isSafeInteger(n)));

const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'a', 'b', '1', '\u0000'));

export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Value>(null, true, false, 0, 1, 2, '', 'a', 'b', '\u0000', '\u0000s', '\u0000[1]', '1', 'null'),
    fc.string(),
    fc.string({ unit: fc.constantFrom('a', '\ufffd', '\ud83d\ude00', '\ud800', '\udc00', '"') }),
    fc.integer(),
    double,
    bigInteger,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 3 }).map((entries) => {
      const fields: Record<string, Value> = {};
      for (const [key, value] of entries) setField(fields, key, value);
      return fields;
    }),
  ),
})).value;
