import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, compareText, equal, identity, joinIdentity, same } from '../../../src/base/compare.ts';
import { entriesOf, fieldsOf } from '../../../src/base/fields.ts';
import { hashIdentity } from '../../../src/base/hash.ts';
import { toJson } from '../../../src/base/json.ts';
import { readNumber } from '../../../src/base/number-text.ts';
import { isFields, isList, type Value } from '../../../src/base/value.ts';
import { anyValue, hasSpelling, numberText } from '../../support/values.ts';

/** The same value with the fields of all objects in the opposite order, made anew. */
function turned(value: Value): Value {
  if (isList(value)) return value.map(turned);
  if (!isFields(value)) return value;
  return fieldsOf(
    entriesOf(value)
      .toReversed()
      .map(([name, inner]) => [name, turned(inner)]),
  );
}

/** Numbers that are near each other, in both kinds. */
const nearNumbers = fc.constantFrom<Value>(
  ...[9007199254740991, 9007199254740992, 9007199254740994, 1e300, -1e300, 0.5, 0, 2],
  ...[9007199254740992n, 9007199254740993n, 9007199254740994n, BigInt(1e300), -BigInt(1e300), 0n, 2n],
);
const values = fc.oneof(anyValue, nearNumbers, fc.array(nearNumbers, { maxLength: 2 }));

describe('equal', () => {
  test('is about content, whatever the order of fields', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(equal(value, turned(value))).toBe(true);
        expect(identity(turned(value))).toBe(identity(value));
        expect(compare(turned(value), value)).toBe(0);
      }),
    );
  });

  test.each<[Value, Value]>([
    [1, '1'],
    [0, false],
    [null, false],
    [[], {}],
    [[1], [1, 2]],
    [{ a: 1 }, { b: 1 }],
    [{ a: null }, {}],
    [{}, JSON.parse('{"__proto__":null}')],
    [9007199254740992, 9007199254740993n],
    [
      [1, 2],
      ['1', 2],
    ],
    ['\u0000[1]', [1]],
    ['\u0000s', '\u0000'],
    ['[1]', [1]],
    [['a,b'], ['a', 'b']],
  ])('%o is not %o', (a, b) => {
    expect(equal(a, b)).toBe(false);
    expect(identity(a)).not.toBe(identity(b));
    expect(compare(a, b)).not.toBe(0);
  });

  test('numbers are equal in either kind', () => {
    expect(equal(2, 2n)).toBe(true);
    expect(identity([2n])).toBe(identity([2]));
    expect(identity(2n)).toBe(identity(2));
    expect(equal(0, -0)).toBe(true);
    expect(identity([0])).toBe(identity([-0]));
  });
});

describe('identity', () => {
  test('and compare tell values apart exactly as equal does', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const isEqual = equal(a, b);
        expect(equal(b, a)).toBe(isEqual);
        expect(compare(a, b) === 0).toBe(isEqual);
        const isOneKey = new Map([[identity(a), 1]]).has(identity(b));
        if (hasSpelling(a) || hasSpelling(b)) expect(isOneKey && !isEqual).toBe(false);
        else expect(isOneKey).toBe(isEqual);
        if (isOneKey) expect(hashIdentity(identity(a))).toBe(hashIdentity(identity(b)));
      }),
      { numRuns: 3000 },
    );
  });

  test('tells numbers of texts apart by their spelling, also inside of lists and objects, where equal goes by value', () => {
    fc.assert(
      fc.property(numberText, numberText, (one, other) => {
        const [a, b] = [readNumber(one)!, readNumber(other)!];
        expect(identity(a) === identity(b)).toBe(one === other);
        expect(identity([{ a }]) === identity([{ a: b }])).toBe(one === other);
        expect(toJson([a])).toBe(`[${one}]`);
        expect(equal([a], [b])).toBe(compare(a, b) === 0);
        if (Math.abs(Number(one)) < 2 ** 53) expect(equal(a, b)).toBe(Number(one) === Number(other));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('readNumber', () => {
  test('has the value that the text has, and no spelling where the number is written so', () => {
    const near = fc.string({ unit: fc.constantFrom(...'0019.-e'), maxLength: 18 });
    fc.assert(
      fc.property(fc.oneof(numberText, near), (text) => {
        const number = readNumber(text);
        if (!/^-?(0|[1-9]\d*)(\.\d+)?(e[-+]?\d+)?$/i.test(text) || !Number.isFinite(Number(text))) {
          expect(number).toBe(undefined);
          return;
        }
        expect(String(number)).toBe(text);
        expect(Number(number)).toBe(Number(text));
        const isWritten = JSON.stringify(Number(text)) === text && !text.includes('+');
        if (typeof number !== 'bigint') expect(typeof number === 'number').toBe(isWritten);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('same', () => {
  test('is equal, and true of a number and the text that spells it', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(same(a, b)).toBe(same(b, a));
        if (typeof a === 'string' || typeof b === 'string') return;
        expect(same(a, b)).toBe(equal(a, b));
      }),
    );
    fc.assert(
      fc.property(numberText, numberText, (one, other) => {
        expect(same(readNumber(one)!, other)).toBe(one === other);
        expect(same([readNumber(one)!], [one])).toBe(false);
      }),
    );
  });
});

describe('joinIdentity', () => {
  test('tells apart what identity does, but for numbers and texts of one spelling, which meet', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        if (identity(a) === identity(b)) expect(joinIdentity(a)).toBe(joinIdentity(b));
      }),
    );
    fc.assert(
      fc.property(numberText, numberText, (one, other) => {
        const number = readNumber(one)!;
        for (const key of [number, one]) {
          expect(joinIdentity(key) === joinIdentity(other)).toBe(one === other);
          expect(joinIdentity([key, { key }]) === joinIdentity([one, { key: other }])).toBe(one === other);
        }
      }),
    );
  });
});

describe('compare', () => {
  test('is a total order', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        expect(Math.sign(compare(a, b)) + Math.sign(compare(b, a))).toBe(0);
        const [x, y, z] = [a, b, c].sort(compare) as [Value, Value, Value];
        expect(compare(x, y)).toBeLessThanOrEqual(0);
        expect(compare(y, z)).toBeLessThanOrEqual(0);
        expect(compare(x, z)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 3000 },
    );
  });

  test('orders kinds, then content', () => {
    const ordered: Value[] = [
      null,
      false,
      true,
      -(10n ** 20n),
      -1,
      0.5,
      2,
      9007199254740992,
      9007199254740993n,
      1e300,
      '',
      'B',
      'a',
      'ab',
      'b',
      [],
      [null, 5],
      [1],
      [1, 0],
      ['a'],
      {},
      { a: 1 },
      { b: 1, a: 2 },
      { b: 0 },
    ];
    for (let seed = 1; seed < 20; seed++) {
      const shuffled = ordered.map((value, i) => [(i * seed * 7) % 23, value] as const).sort(([a], [b]) => a - b);
      expect(shuffled.map(([, value]) => value).sort(compare)).toEqual(ordered);
    }
  });

  test('strings are ordered by code point', () => {
    const wellFormed = fc.string({
      unit: fc.constantFrom('a', '\ue000', '\ufffd', '\ud83d\ude00', '\u{10000}', '\u{10ffff}'),
    });
    const points = (text: string) => [...text].map((sign) => sign.codePointAt(0)!);
    fc.assert(
      fc.property(wellFormed, wellFormed, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Math.sign(compare(points(a), points(b))));
      }),
    );
  });
});
