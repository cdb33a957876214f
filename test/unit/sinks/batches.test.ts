import { expect, test } from 'vitest';
import { lines, look } from '../../support/look.ts';

test('one object a batch, also for empty ones, with the records last', () => {
  const { text } = look('batches', [['a', ['k', 1]], [], [2n ** 64n]]);
  expect(text).toBe(
    lines(
      '{"batch":1,"time":1000,"start":0,"end":1000,"records":["a",["k",1]]}',
      '{"batch":2,"time":2000,"start":1000,"end":2000,"records":[]}',
      '{"batch":3,"time":3000,"start":2000,"end":3000,"records":[18446744073709551616]}',
    ),
  );
});

test('a batch that the end of the run cut short says so', () => {
  const { text } = look('batches', [{ span: { partial: true }, records: [1] }]);
  expect(text).toBe('{"batch":1,"time":1000,"start":0,"end":1000,"partial":true,"records":[1]}\n');
});

test('the bounds of a window may lie before the run', () => {
  const { text } = look('batches', [{ span: { start: -2000 }, records: [] }]);
  expect(text).toBe('{"batch":1,"time":1000,"start":-2000,"end":1000,"records":[]}\n');
});

test('of several outputs each object carries the number', () => {
  const { text } = look('batches', [[1]], { output: 2 });
  expect(text).toBe('{"batch":1,"time":1000,"start":0,"end":1000,"output":2,"records":[1]}\n');
});

test('print(n) limits the records of each batch', () => {
  const { text } = look('batches', [[1, 2, 3], [4]], { n: 2 });
  expect(text.split('\n').map((line) => line.replace(/.*"records"/, ''))).toEqual([':[1,2]}', ':[4]}', '']);
});

test('a batch larger than a piece of the queue stays one object', () => {
  const records = Array.from({ length: 100 }, (_, i) => `${i} ${'é'.repeat(5000)}`);
  const { text } = look('batches', [records, ['next']]);
  expect(
    text
      .split('\n')
      .slice(0, 2)
      .map((line) => JSON.parse(line).records),
  ).toEqual([records, ['next']]);
});
