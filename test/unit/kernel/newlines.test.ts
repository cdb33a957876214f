import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countNewlines } from '../../../src/flow/bytes/newlines.ts';

test('newlines are counted wherever they stand', () => {
  const bytes = fc.uint8Array({ maxLength: 200, max: 12 });
  fc.assert(
    fc.property(bytes, (given) => {
      expect(countNewlines(given)).toBe(given.filter((byte) => byte === 10).length);
    }),
  );
});

test('what an input before has left behind is not counted', () => {
  expect(countNewlines(Buffer.alloc(100_001, '\n'))).toBe(100_001);
  expect(countNewlines(Buffer.alloc(70_000, '\n').subarray(5, 20))).toBe(15);
  expect(countNewlines(Buffer.alloc(0))).toBe(0);
});
