/** What is written of a state is read as it was, and nothing else is taken for a state. */
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identity } from '../../../src/base/compare.ts';
import { keyOf } from '../../../src/base/field-key.ts';
import { readNumber } from '../../../src/base/number-text.ts';
import { SpeltNumber } from '../../../src/base/spelt-number.ts';
import type { State } from '../../../src/flow/define/snapshot.ts';
import { decodeState } from '../../../src/flow/state/encoding/decode.ts';
import { encodeState } from '../../../src/flow/state/encoding/encode.ts';
import { StateError } from '../../../src/flow/state/encoding/state-error.ts';
import { within } from '../../support/effort.ts';
import { anyValue, fieldNames } from '../../support/values.ts';

const HEADER = 9;

/** Numbers that only partials have, beside those of values. */
const number = fc.oneof(
  fc.double(),
  fc.constantFrom(-0, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 31, -(2 ** 31), 5e-324),
  fc.integer({ min: -130, max: 130 }),
  fc.integer({ min: -33_000, max: 33_000 }),
  fc.integer(),
);

const scalar: fc.Arbitrary<State> = fc.oneof(
  anyValue as fc.Arbitrary<State>,
  fc.constant(undefined),
  number,
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.bigInt(),
  fc.uint8Array({ maxLength: 5 }).map((bytes) => bytes.slice()),
  fc.array(fc.integer(), { maxLength: 5 }).map((numbers) => Int32Array.from(numbers)),
  fc.array(fc.double(), { maxLength: 5 }).map((numbers) => Float64Array.from(numbers)),
);

function objectOf(entries: readonly (readonly [string, State])[]): State {
  const object = {};
  for (const [name, value] of entries) {
    Object.defineProperty(object, keyOf(name), { value, writable: true, enumerable: true, configurable: true });
  }
  return object;
}

const anyState = fc.letrec<{ state: State }>((tie) => ({
  state: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('state'), { maxLength: 6 }),
    fc.array(fc.tuple(fieldNames, tie('state')), { maxLength: 4 }).map(objectOf),
    // Alike in shape, as partials are.
    fc.array(fc.record({ count: number, sum: tie('state'), extremes: fc.constant(null) }), { maxLength: 5 }),
    fc.array(fc.tuple(number, tie('state')), { maxLength: 5 }),
    fc.array(fc.tuple(anyValue.map(identity), tie('state')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(anyValue.map(identity), { maxLength: 4 }).map((members) => new Set(members)),
  ),
})).state;

/** As `toEqual` would show it, with what it does not tell apart: spelt numbers by their digits, -0, bytes of a buffer. */
function shown(state: unknown): unknown {
  if (state instanceof SpeltNumber) return { spelt: String(state) };
  if (Object.is(state, -0)) return { negativeZero: true };
  if (Array.isArray(state)) return state.map(shown);
  if (state instanceof Map) return { map: [...state].map(shown) };
  if (state instanceof Set) return { set: [...state].map(shown) };
  if (ArrayBuffer.isView(state)) return { [state.constructor.name]: [...(state as Float64Array)].map(shown) };
  if (typeof state !== 'object' || state === null) return state === undefined ? { undefined: true } : state;
  return { fields: Object.entries(state).map(shown) };
}

function wellAgain(state: State): void {
  expect(shown(decodeState(encodeState(state)))).toEqual(shown(state));
}

/** Bytes with the checksum that belongs to them. */
function checked(bytes: Uint8Array): Buffer {
  const buffer = Buffer.from(bytes);
  buffer.writeUInt32LE(crc32(buffer.subarray(HEADER)), 5);
  return buffer;
}

describe('a state', () => {
  test('is read as it was written', () => {
    fc.assert(fc.property(anyState, wellAgain), { numRuns: 1500, plugins: [within(20_000)] });
  });

  test.each<[string, State]>([
    ['nothing', undefined],
    ['many nulls', new Array(100_000).fill(null)],
    ['many empty lists and objects', Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? [] : {}))],
    ['many lists in lists, of nothing else', Array.from({ length: 1000 }, () => [[[[[[[[[[]]]]]]]]]])],
    ['many objects in objects, of nothing else', Array.from({ length: 1000 }, () => ({ a: { b: { c: { d: {} } } } }))],
    ['objects of many shapes', Array.from({ length: 200 }, (_, i) => ({ [`a${i}`]: i, b: null }))],
    ['objects of many shapes, some again', Array.from({ length: 200 }, (_, i) => ({ [`a${i % 40}`]: i }))],
    ['fields called __proto__', [objectOf([['__proto__', 1]]), objectOf([['__proto__', { a: 1 }]])]],
    ['lone surrogates', ['\ud800', '\udc00', 'a\ud83d', '😀']],
    ['texts of more than a block', ['a'.repeat(2 ** 20), 'ü'.repeat(2 ** 20), '', '€'.repeat(2 ** 20), 'b']],
    ['spelt numbers', ['1.10', '-0', '1e3', '1e+21', '0.0', '12345678901234567.10'].map((text) => readNumber(text)!)],
    ['integers beyond doubles', [2n ** 64n, -(2n ** 200n), 0n, -1n]],
    ['a list of 17', [Array.from({ length: 17 }, (_, i) => i), Array.from({ length: 17 }, (_, i) => `${i}`)]],
  ])('may hold %s', (_what, state) => wellAgain(state));

  test('may be nested a thousand levels deep', () => {
    let state: State = 1;
    for (let i = 0; i < 1000; i++) state = i % 2 === 0 ? [state] : { a: state };
    // Its own comparison would not come down so deep.
    const json = (value: State) => JSON.stringify(value);
    expect(json(decodeState(encodeState(state)))).toBe(json(state));
  });

  test('must be plain data', () => {
    class Other {}
    for (const state of [() => 1, Symbol('a'), new Other(), new Date(0), new Uint16Array(1)]) {
      expect(() => encodeState([state] as unknown as State)).toThrow('is not plain data');
    }
  });

  test('is written in columns: counts of many groups take a few bytes each', () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `k${i % 1000}`);
    const states = keys.map((_, i) => [i % 100, { count: i % 100, sum: i / 8, extremes: null }]);
    const keyBytes = keys.reduce((sum, key) => sum + key.length + 1, 0);
    expect(encodeState({ keys, states }).length).toBeLessThan(keyBytes + 10_000 * (1 + 1 + 8) + 1000);
  });

  test('takes the same bytes wherever it is written', () => {
    expect(encodeState({ a: [1, 2.5], b: new Set(['x']) }).toString('hex')).toBe(GOLDEN);
    expect(decodeState(Buffer.from(GOLDEN, 'hex'))).toEqual({ a: [1, 2.5], b: new Set(['x']) });
  });
});

/** Version 1 of the format; a change of it is another version. */
const GOLDEN = '6c65617401a18e5fe009010002010101016162080001020408000000000000f03f00000000000004400b01010501010178';

describe('what is no state', () => {
  const damaged = fc.tuple(anyState, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean());

  test('is refused where a byte is another one, or bytes are missing', () => {
    fc.assert(
      fc.property(damaged, ([state, place, change, isCut]) => {
        const bytes = Buffer.from(encodeState(state));
        const at = place % bytes.length;
        if (!isCut) bytes[at]! ^= change;
        expect(() => decodeState(isCut ? bytes.subarray(0, at) : bytes)).toThrow(StateError);
      }),
      { numRuns: 500, plugins: [within(10_000)] },
    );
  });

  test('is some other state or refused, where the checksum is right', () => {
    fc.assert(
      fc.property(damaged, ([state, place, change, isCut]) => {
        const bytes = Buffer.from(encodeState([state, 'x'.repeat(20), [1, 2, 3]]));
        const at = HEADER + (place % (bytes.length - HEADER));
        bytes[at]! ^= change;
        let read: State;
        try {
          read = decodeState(checked(isCut ? bytes.subarray(0, at) : bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(StateError);
          return;
        }
        expect(() => encodeState(read)).not.toThrow();
      }),
      { numRuns: 2000, plugins: [within(20_000)] },
    );
  });

  test.each<[string, number, readonly number[]]>([
    ['nulls', 2 ** 40, [1]],
    ['objects of no shape', 2 ** 40, [9, 0, 0]],
    ['lists of one list of one list …', 10_000, [...new Array(1000).fill([8, 1]).flat(), 1]],
  ])('is refused where it asks for more memory than it is long: a list of so many %s', (_what, count, items) => {
    const bytes = [...Buffer.alloc(HEADER), 8, 0, 8, ...Buffer.from(Float64Array.of(count).buffer), ...items];
    const many = checked(Uint8Array.from(bytes));
    many.write('leat', 0, 'latin1');
    many.writeUInt8(1, 4);
    expect(() => decodeState(many)).toThrow('there is more in it than its length allows');
  });

  test.each<[string, (bytes: Buffer) => Buffer, string]>([
    [
      'of another version',
      (bytes) => Buffer.concat([bytes.subarray(0, 4), Buffer.of(2), bytes.subarray(5)]),
      'it is of version 2 of the format, and this leat reads version 1',
    ],
    [
      'of another program',
      (bytes) => Buffer.concat([Buffer.from('PK'), bytes.subarray(2)]),
      'it is not a state of leat',
    ],
    [
      'with something behind it',
      (bytes) => checked(Buffer.concat([bytes, Buffer.from('x')])),
      'something stands behind its end',
    ],
    ['empty', () => Buffer.alloc(0), 'it is not a state of leat'],
  ])('says so: %s', (_what, change, message) => {
    const bytes = Buffer.from(encodeState({ a: 1 }));
    expect(() => decodeState(change(bytes))).toThrow(new StateError(message));
  });
});
