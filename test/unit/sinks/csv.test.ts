import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldsOf } from '../../../src/base/fields.ts';
import { RowReader } from '../../../src/flow/parsing/row.ts';
import { lines, look } from '../../support/look.ts';

test('objects: the fields of the first batch are the columns, and the header comes once', () => {
  const { text } = look('csv', [
    [],
    [
      { a: 1, b: 'x' },
      { b: 'y', c: true },
    ],
    [{ c: false, a: 2 }],
  ]);
  expect(text).toBe(lines('a,b,c', '1,x,', ',y,true', '2,,false'));
});

test('later fields are named once and not written', () => {
  const { text, notes } = look('csv', [
    [{ a: 1 }],
    [
      { a: 2, late: 3 },
      { a: 3, late: 4 },
    ],
  ]);
  expect(text).toBe(lines('a', '1', '2', '3'));
  expect(notes).toEqual(['the field "late" is not in the columns, which are those of the first records: a']);
});

test('pairs have the columns key and value', () => {
  expect(
    look('csv', [
      [
        ['a', 1],
        ['b', { x: 'y' }],
      ],
    ]).text,
  ).toBe(lines('key,value', 'a,1', 'b,"{""x"":""y""}"'));
});

test('bare values have the column value', () => {
  expect(look('csv', [['a', 1, null, '', [1, 2, 3]]]).text).toBe(lines('value', 'a', '1', '""', '""', '"[1,2,3]"'));
});

test('records of different kinds share the column value', () => {
  expect(look('csv', [[['k', 1], { a: 1 }, 'x']]).text).toBe(lines('value', '"[""k"",1]"', '"{""a"":1}"', 'x'));
});

test('a record of another kind than the columns is bad, and not lost silently', () => {
  const { text, bads } = look('csv', [[{ a: 1 }], ['text', { a: 2 }]]);
  expect(text).toBe(lines('a', '1', '2'));
  expect(bads.map(({ problem, record }) => [problem.reason, record])).toEqual([
    ['not an object, as the columns need', 'text'],
  ]);
  expect(look('csv', [[['k', 1]], [{ k: 1 }]]).bads).toHaveLength(1);
});

test('quotes as RFC 4180 says', () => {
  expect(look('csv', [['a,b', 'say "hi"', 'two\nlines', 'cr\r', ' spaced ', 'tab\t']]).text).toBe(
    'value\n"a,b"\n"say ""hi"""\n"two\nlines"\n"cr\r"\n spaced \ntab\t\n',
  );
});

test('tsv has tabs, and quotes what holds one', () => {
  expect(
    look('tsv', [
      [
        { a: 'x\ty', b: 'p,q' },
        { a: '"', b: 2 },
      ],
    ]).text,
  ).toBe(lines('a\tb', '"x\ty"\tp,q', '""""\t2'));
});

test('null and a missing field are empty, the empty string is quoted', () => {
  expect(look('csv', [[{ a: null, b: '' }, { b: 'x' }]]).text).toBe(lines('a,b', ',""', ',x'));
});

test('fields with the names of the host are columns like any other', () => {
  const record = JSON.parse('{"__proto__": 1, "constructor": 2}');
  expect(look('csv', [[record, { other: 3 }]]).text).toBe(lines('__proto__,constructor,other', '1,2,', ',,3'));
});

test('print(n) and empty batches', () => {
  expect(look('csv', [[], ['a', 'b', 'c'], []], { n: 2 }).text).toBe(lines('value', 'a', 'b'));
  expect(look('csv', [[]]).text).toBe('');
});

test('a long first batch is not held: its columns are those of the first 1,000 records', () => {
  const records = [...Array.from({ length: 1000 }, (_, i) => ({ a: i })), { a: 1000, b: 1 }];
  const { text, notes } = look('csv', [records]);
  expect(text.split('\n').slice(0, 2)).toEqual(['a', '0']);
  expect(text.split('\n')).toHaveLength(1003);
  expect(notes).toEqual(['the field "b" is not in the columns, which are those of the first records: a']);
});

test('our own reader reads back every text', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('csv' as const, 'tsv' as const),
      fc.array(fc.string({ unit: fc.constantFrom(...'a,"\t\n é') }), { minLength: 2 }),
      (format, cells) => {
        const record = fieldsOf(cells.map((cell, i) => [`c${i}`, cell]));
        const rows = look(format, [[record]])
          .text.split('\n')
          .slice(1, -1);
        const reader = new RowReader(format === 'csv' ? ',' : '\t');
        const read = rows.map((row) => reader.read(row)).at(-1);
        expect(read).toEqual(cells);
      },
    ),
  );
});
