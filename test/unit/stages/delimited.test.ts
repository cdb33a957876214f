import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readNumber } from '../../../src/base/number-text.ts';
import { columnNames } from '../../../src/flow/parsing/row.ts';
import { csv } from '../../../src/flow/stages/csv.ts';
import { tsv } from '../../../src/flow/stages/tsv.ts';
import { From, origin, outOf, StageRun } from '../../support/stage.ts';

/** RFC 4180, quoting only what needs it unless told otherwise; half of a delimiter at the end of a field would make a whole one. */
function writeField(text: string, delimiter: string, always: boolean): string {
  const needsQuotes =
    always || text === '' || /["\r\n]/.test(text) || [...delimiter].some((sign) => text.includes(sign));
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}

const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '1', '"', ',', ';', '\t', '\n', ' ', '-', '\\', 'é', '\ud83d\ude00') }),
  fc.string(),
);

describe('csv', () => {
  test('reads back any table that was written as RFC 4180 says', () => {
    const tables = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(',', ';', '\t', '||'))
      .chain(([columns, delimiter]) =>
        fc.record({
          delimiter: fc.constant(delimiter),
          // Framing takes a \r before a line end away, which no parser of lines can know of.
          rows: fc.array(
            fc.array(
              cell.map((text) => text.replaceAll('\r', '')),
              { minLength: columns, maxLength: columns },
            ),
          ),
          always: fc.boolean(),
        }),
      );
    fc.assert(
      fc.property(tables, ({ rows, delimiter, always }) => {
        const text = rows.map((row) => row.map((field) => writeField(field, delimiter, always)).join(delimiter));
        const lines = text.flatMap((row) => row.split('\n'));
        const args = { delimiter, header: false, types: false };
        expect(outOf(csv, lines, args)).toEqual(rows);
      }),
    );
  });

  test('the first line of each file names its columns', () => {
    const [a, b] = [origin('a.csv'), origin('b.csv')];
    const lines = [new From(a, 'x,y'), new From(b, 'y,x'), new From(a, '1,2'), new From(b, '1,2')];
    expect(outOf(csv, lines)).toEqual([
      { x: 1, y: 2 },
      { y: 1, x: 2 },
    ]);
  });

  test('a header stays for the batches that follow', () => {
    expect(new StageRun(csv).batch('x').batch('1').batch().batch('2').out).toEqual([[], [{ x: 1 }], [], [{ x: 2 }]]);
  });

  test('with columns of its own there is no header line', () => {
    expect(outOf(csv, ['1,2'], { columns: ['x', 'y'] })).toEqual([{ x: 1, y: 2 }]);
    expect(outOf(csv, ['a,b', '1,2'], { columns: ['x', 'y'], header: true })).toEqual([{ x: 1, y: 2 }]);
  });

  test('numbers only where the text is a JSON number', () => {
    const row = '1,-2.5e3,007,+1, 1,0x10,,9007199254740993,"12",1e999';
    const run = outOf(csv, [row], { header: false });
    expect(run).toEqual([[1, readNumber('-2.5e3'), '007', '+1', ' 1', '0x10', null, 9007199254740993n, 12, '1e999']]);
    expect(outOf(csv, ['1,x'], { header: false, types: false })).toEqual([['1', 'x']]);
  });

  test('an empty field is null and a quoted empty one a text, which without types are both', () => {
    expect(outOf(csv, ['a,"",', ',,"b"'], { header: false })).toEqual([
      ['a', '', null],
      [null, null, 'b'],
    ]);
    expect(outOf(csv, ['a,"",'], { header: false, types: false })).toEqual([['a', '', '']]);
  });

  test('too few fields are null, too many are bad', () => {
    const run = new StageRun(csv).batch('x,y,z', '1', '1,2,3,4', '1,2,3');
    expect(run.out).toEqual([
      [
        { x: 1, y: null, z: null },
        { x: 1, y: 2, z: 3 },
      ],
    ]);
    expect(run.bads).toMatchObject([{ reason: 'more fields than columns', detail: '4 fields, 3 columns', line: 3 }]);
  });

  test('empty lines and a byte order mark are passed over', () => {
    expect(outOf(csv, ['\ufeff"x"', '', '1', ''])).toEqual([{ x: 1 }]);
  });

  test('a row over several lines goes on in the next batch, beside the rows of others', () => {
    const [a, b] = [origin('a'), origin('b')];
    const run = new StageRun(csv, { columns: ['x', 'y'] })
      .batch(new From(a, '1,"one'), new From(b, '2,"two'))
      .batch(new From(a, ''), new From(b, 'zwei"'), new From(a, 'eins"'), new From(a, '3,c'))
      .finish();
    expect(run.out).toEqual([
      [],
      [
        { x: 2, y: 'two\nzwei' },
        { x: 1, y: 'one\n\neins' },
        { x: 3, y: 'c' },
      ],
    ]);
    expect(run.bads).toEqual([]);
  });

  test('text behind a closing quote is bad, with all lines of the row, where it began', () => {
    const file = origin('a.csv');
    const lines = ['x,y', '1,"one', 'two" three', '4,d'].map((line) => new From(file, line));
    const run = new StageRun(csv).batch(...lines);
    expect(run.out).toEqual([[{ x: 4, y: 'd' }]]);
    expect(run.bads).toEqual([
      {
        reason: 'text behind a closing quote',
        detail: 'at character 5',
        source: 'a.csv',
        line: 2,
        text: '1,"one\ntwo" three',
      },
    ]);
  });

  test('a quote that is never closed is bad at the end of the run', () => {
    const file = origin('a.csv');
    const run = new StageRun(csv).batch(...['x', '"1', '2'].map((line) => new From(file, line))).finish();
    expect(run.out).toEqual([[], [{ x: 2 }]]);
    expect(run.bads).toMatchObject([
      {
        reason: 'a quoted field is not closed',
        detail: 'in 2 lines, up to the end',
        source: 'a.csv',
        line: 2,
        text: '"1',
      },
    ]);
  });

  test('a quote that is not closed within 1 MB does not swallow the rest', () => {
    const long = 'a'.repeat(600_000);
    const run = new StageRun(csv, { header: false }).batch('"', long, long, '1,2').finish();
    expect(run.reasons).toEqual(['a quoted field is not closed']);
    expect(run.out).toEqual([[[long], [long], [1, 2]]]);
  });

  test('rows that wait for a quote to be closed are told at a tick', () => {
    const file = origin('a.csv');
    const lines = ['x,y', '1,"open', ...Array.from({ length: 60 }, () => '2,3')];
    const run = new StageRun(csv).batch(...lines.map((line) => new From(file, line)));
    expect(run.out).toEqual([[]]);
    expect(run.notes).toEqual([
      'a.csv:2 has a quoted field that is not closed after 61 lines: until it is, or 1,000 lines have come, no rows come out',
    ]);
    expect(run.finish().out[1]).toHaveLength(60);
  });

  test('connections that broke off in a row do not pile up', () => {
    const lines = Array.from({ length: 100 }, (_, i) => new From(origin(`${i}`), '"open'));
    const run = new StageRun(csv, { header: false }).batch(...lines);
    expect(run.bads).toHaveLength(36);
    expect(run.bads[0]).toMatchObject({ source: '0', text: '"open' });
    expect(run.finish().bads).toHaveLength(100);
  });

  test('without a readable header no row gets wrong names', () => {
    const run = new StageRun(csv).batch('"x"y,z', '1,2', '3,4');
    expect(run.out).toEqual([[]]);
    expect(run.reasons).toEqual([
      'text behind a closing quote',
      'the header could not be read',
      'the header could not be read',
    ]);
  });

  test('a header may stand over several lines', () => {
    expect(outOf(csv, ['"x', 'y",z', '1,2'])).toEqual([{ 'x\ny': 1, z: 2 }]);
  });

  test('a quote inside a field is text', () => {
    expect(outOf(csv, ['5" disk,a"b'], { header: false })).toEqual([['5" disk', 'a"b']]);
  });

  test('a column may be called __proto__', () => {
    const [row] = outOf(csv, ['__proto__,constructor', '1,2']);
    expect(Object.entries(row as object)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });

  test('what is not text is bad', () => {
    expect(new StageRun(csv).batch(1, null).reasons).toEqual(['not text', 'not text']);
  });
});

describe('tsv', () => {
  test('is csv with tabs', () => {
    expect(outOf(tsv, ['x\ty', 'a,b\t"c\td"'])).toEqual([{ x: 'a,b', y: 'c\td' }]);
  });

  test('takes quotes as text where told so', () => {
    expect(outOf(tsv, ['x\ty', '"a" b\t"'], { quotes: false })).toEqual([{ x: '"a" b', y: '"' }]);
  });
});

describe('the names of columns', () => {
  test('are told apart', () => {
    expect(columnNames(['a', '', 'a', 'a', ''])).toEqual(['a', 'column2', 'a_2', 'a_3', 'column5']);
    expect(columnNames(['a', 'a', 'a_2', '', 'column4'])).toEqual(['a', 'a_3', 'a_2', 'column4_2', 'column4']);
  });

  test('are never the same twice, and a name that is alone stays', () => {
    const names = fc.array(fc.constantFrom('', 'a', 'b', 'a_2', 'a_3', 'column1', 'column2', 'column2_2'), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(names, (header) => {
        const columns = columnNames(header);
        expect(new Set(columns).size).toBe(header.length);
        header.forEach((name, i) => {
          if (name !== '' && header.indexOf(name) === i) expect(columns[i]).toBe(name);
        });
      }),
    );
  });
});
