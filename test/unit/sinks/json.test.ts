import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { lines, look } from '../../support/look.ts';

test('one JSON value a line', () => {
  const { text } = look('json', [['two\nlines', ['k', 1]], [], [{ a: null }, 2n ** 64n]]);
  expect(text).toBe(lines('"two\\nlines"', '["k",1]', '{"a":null}', '18446744073709551616'));
});

test('what was written can be read again, a line a record', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (records) => {
      const { text } = look('json', [records as Value[]]);
      const read = text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line));
      // Negative zero is written as 0.
      expect(read).toEqual(JSON.parse(JSON.stringify(records)));
    }),
  );
});
