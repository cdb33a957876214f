import { expect, test } from 'vitest';
import { lines, look } from '../../support/look.ts';

const RULE = '-------------------------------------------';

test('writes what the print of Spark writes', () => {
  const { text } = look('spark', [
    {
      span: { time: 1357008430000 },
      records: [
        ['hello', 1],
        ['world', 2],
      ],
    },
  ]);
  expect(text).toBe(lines(RULE, 'Time: 1357008430000 ms', RULE, '(hello,1)', '(world,2)', ''));
});

test('empty batches too', () => {
  expect(look('spark', [[], []]).text).toBe(lines(RULE, 'Time: 1000 ms', RULE, '', RULE, 'Time: 2000 ms', RULE, ''));
});

test('the first ten records, and dots if there are more', () => {
  const ten = Array.from({ length: 10 }, (_, i) => i);
  const shown = ten.map(String);
  expect(look('spark', [ten]).text).toBe(lines(RULE, 'Time: 1000 ms', RULE, ...shown, ''));
  expect(look('spark', [[...ten, 10]]).text).toBe(lines(RULE, 'Time: 1000 ms', RULE, ...shown, '...', ''));
});

test('print(n) shows n', () => {
  const thirteen = Array.from({ length: 13 }, (_, i) => i);
  expect(look('spark', [thirteen], { n: 12 }).text).toBe(
    lines(RULE, 'Time: 1000 ms', RULE, ...thirteen.slice(0, 12).map(String), '...', ''),
  );
});

test('records look as Scala writes them', () => {
  const records = [
    'a b',
    null,
    true,
    1.5,
    ['a', ['b', 1]],
    ['k', null],
    [1, 2, 3],
    [],
    ['k', ['x', 'y', 'z']],
    { a: 1, b: ['x', 2] },
  ];
  expect(look('spark', [records]).text.split('\n').slice(3, -2)).toEqual([
    'a b',
    'null',
    'true',
    '1.5',
    '(a,(b,1))',
    '(k,null)',
    'List(1, 2, 3)',
    'List()',
    '(k,List(x, y, z))',
    'Map(a -> 1, b -> (x,2))',
  ]);
});
