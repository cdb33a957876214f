import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOf, nameOf } from '../../../src/base/field-key.ts';
import { entriesOf, fieldsOf, hasField, keysOf, namesOf, valuesOf } from '../../../src/base/fields.ts';
import { field, setField, type Value } from '../../../src/base/value.ts';
import { fieldNames } from '../../support/values.ts';

const entries = fc.array(fc.tuple(fieldNames, fc.integer()), { maxLength: 8 });

describe('keys', () => {
  test('stand for one name each', () => {
    fc.assert(
      fc.property(fieldNames, fieldNames, (a, b) => {
        expect(nameOf(keyOf(a))).toBe(a);
        expect(keyOf(a) === keyOf(b)).toBe(a === b);
      }),
    );
  });

  test('are the names of most fields', () => {
    for (const name of ['', 'a', '2024-01-01', '1.5', '-1', '007', '1e3', 'é', '__proto__', '12345678901']) {
      expect(keyOf(name)).toBe(name);
    }
  });

  test('are in the order in which they were made, also where an engine has an order of its own', () => {
    for (const name of ['0', '9', '10', '2147483647', '2147483648', '4294967294', '4294967295', '9999999999']) {
      expect(namesOf(fieldsOf([...'ab', name].map((given) => [given, 1])))).toEqual(['a', 'b', name]);
    }
  });
});

describe('objects', () => {
  test('are what a map of names is: the first place and the last value of each', () => {
    fc.assert(
      fc.property(entries, (given) => {
        const model = new Map<string, Value>(given);
        const fields = fieldsOf(given);
        expect(entriesOf(fields)).toEqual([...model]);
        expect(namesOf(fields)).toEqual([...model.keys()]);
        expect(valuesOf(fields)).toEqual([...model.values()]);
        expect(keysOf(fields).map(nameOf)).toEqual([...model.keys()]);
      }),
    );
  });

  test('keep their order where they are copied, sent to another thread, or have a field set', () => {
    fc.assert(
      fc.property(entries, fieldNames, (given, name) => {
        const model = new Map<string, Value>(given).set(name, 'set');
        const copy = structuredClone({ ...fieldsOf(given) });
        setField(copy, name, 'set');
        expect(entriesOf(copy)).toEqual([...model]);
      }),
    );
  });

  test('have the fields that were given, and no others', () => {
    fc.assert(
      fc.property(entries, fieldNames, (given, name) => {
        const model = new Map<string, Value>(given);
        const fields = fieldsOf(given);
        expect(hasField(fields, name)).toBe(model.has(name));
        expect(field(fields, name)).toBe(model.get(name) ?? null);
      }),
    );
  });
});
