import { describe, expect, test } from 'vitest';
import { field, isPair, isTruthy, kindOf, type NewFields, setField } from '../../../src/base/value.ts';

describe('field', () => {
  test('gives own fields only', () => {
    const record = JSON.parse('{"__proto__":1,"a":2,"constructor":null}');
    expect(field(record, '__proto__')).toBe(1);
    expect(field(record, 'a')).toBe(2);
    for (const name of ['constructor', 'toString', 'hasOwnProperty', 'b']) expect(field(record, name)).toBeNull();
    expect(field({}, '__proto__')).toBeNull();
  });

  test('is null of anything but an object', () => {
    for (const value of [null, 1, 1n, 'text', true, ['a']]) {
      for (const name of ['length', '0', 'constructor', '__proto__']) expect(field(value, name)).toBeNull();
    }
  });
});

describe('setField', () => {
  test('makes own fields of any name', () => {
    const target: NewFields = {};
    for (const name of ['__proto__', 'constructor', 'a', '__proto__']) setField(target, name, { polluted: true });
    expect(Object.keys(target)).toEqual(['__proto__', 'constructor', 'a']);
    expect(Object.getPrototypeOf(target)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    setField(target, '__proto__', 5);
    expect(field(target, '__proto__')).toBe(5);
  });
});

test('kindOf names what JSON knows', () => {
  expect([null, true, 1, 1n, '', [], {}].map(kindOf)).toEqual([
    'null',
    'boolean',
    'number',
    'number',
    'string',
    'list',
    'object',
  ]);
});

test('null, false, 0 and "" are false, everything else is true', () => {
  expect([null, false, 0, -0, 0n, ''].some(isTruthy)).toBe(false);
  expect([true, 1, -1n, '0', ' ', [], {}].every(isTruthy)).toBe(true);
});

test('a pair is a list of two', () => {
  expect(
    [
      [1, 2],
      [null, null],
    ].every(isPair),
  ).toBe(true);
  expect([[], [1], [1, 2, 3], 'ab', { 0: 1, 1: 2, length: 2 }, null].some(isPair)).toBe(false);
});
