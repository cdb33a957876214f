import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { bearerOf, tokenCheck } from '../../../src/flow/http/tokens.ts';

const given = (authorization?: string) => bearerOf({ headers: { authorization } } as IncomingMessage);

test('a token is what stands behind the word Bearer', () => {
  expect(given('Bearer a')).toBe('a');
  expect(given('bearer   correct horse')).toBe('correct horse');
  expect(['Bearer', 'Bearer ', 'Basic a', 'xBearer a', undefined].map(given)).toEqual(Array(5).fill(undefined));
});

test('a header of spaces and no token is read as fast as any', () => {
  // A space that does not break lines: it is no part of a token, and HTTP leaves it at the end.
  const spaces = `Bearer${' '.repeat(200_000)}\xa0`;
  const start = performance.now();
  expect(given(spaces)).toBe(undefined);
  // Where each place is tried with all behind it, 16,000 take more than a second, and twice as many four times as long.
  expect(performance.now() - start).toBeLessThan(10_000);
});

test('only the token itself is right', () => {
  const isRight = tokenCheck('correct horse');
  expect(['correct horse', 'correct', '', 'correct horse '].map(isRight)).toEqual([true, false, false, false]);
});
