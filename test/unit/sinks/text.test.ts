import { expect, test } from 'vitest';
import { print } from '../../../src/flow/sinks/print.ts';
import { lines, look } from '../../support/look.ts';
import { batch, openSink, sinkContext } from '../../support/sink.ts';

test('a string is written as it is, a pair with a tab, anything else as JSON', () => {
  const { text } = look('text', [['a "b"', 1, null, true, ['k', 2], ['k', ['a', 'b']], [1, 2, 3], [], { a: 'x' }]]);
  expect(text).toBe(lines('a "b"', '1', 'null', 'true', 'k\t2', 'k\t["a","b"]', '[1,2,3]', '[]', '{"a":"x"}'));
});

test('integers keep all their digits', () => {
  const { text } = look('text', [[12345678901234567890n, ['k', 2n ** 64n], { n: 2n ** 64n }]]);
  expect(text).toBe(lines('12345678901234567890', 'k\t18446744073709551616', '{"n":18446744073709551616}'));
});

test('empty batches write nothing', () => {
  expect(look('text', [[], ['a'], []]).text).toBe('a\n');
});

test('print(n) shows the first n records of each batch', () => {
  expect(look('text', [['a', 'b', 'c'], ['d'], ['e', 'f', 'g']], { n: 2 }).text).toBe(lines('a', 'b', 'd', 'e', 'f'));
});

test('records are written as they come, before the batch is whole', () => {
  const { context } = sinkContext();
  openSink(print, {}, context).push('early');
  expect(context.stdout).toHaveProperty('text', 'early\n');
});

test('a second output waits for its turn, so that a batch comes in the order of the program', () => {
  const { context } = sinkContext();
  const sinks = [1, 2].map((output) => openSink(print, {}, { ...context, output }));
  for (const record of ['a', 'b']) for (const [i, sink] of sinks.entries()) sink.push(`${record}${i + 1}`);
  for (const sink of sinks) sink.close(batch(1));
  expect(context.stdout).toHaveProperty('text', lines('a1', 'b1', 'a2', 'b2'));
});
