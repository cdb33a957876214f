import { describe, expect, test } from 'vitest';
import { fieldsOf } from '../../../src/base/fields.ts';
import type { Value } from '../../../src/base/value.ts';
import { visible } from '../../../src/base/visible.ts';
import { cutText } from '../../../src/flow/formats/cells.ts';
import { lines, look } from '../../support/look.ts';

/** A time of the local zone, so that the test says the same in every zone. */
const local = (hour: number, minute: number, second: number, day = 1) =>
  new Date(2013, 0, day, hour, minute, second).getTime();

test('a line with the time and the number, then columns with numbers on the right', () => {
  const { text } = look('table', [
    [
      { status: 'ok', n: 12, mean: 3.5 },
      { status: 'error', n: 1, mean: null },
    ],
  ]);
  expect(text).toBe(lines('1s  batch  2 records', 'status   n  mean', 'ok      12   3.5', 'error    1  null', ''));
});

test('pairs, and columns that hold more than numbers', () => {
  expect(
    look('table', [
      [
        ['a', 1],
        ['bb', 'x'],
        ['c', { d: 1 }],
      ],
    ]).text,
  ).toBe(lines('1s  batch  3 records', 'key  value', 'a    1', 'bb   x', 'c    {"d":1}', ''));
});

test('numbers that were worked out are rounded, and points stand below each other; columns of what may be measured stay as they are', () => {
  const mean = [210.63532939327303, 0.1 + 0.2, 17505.592559864726, 48.858844, 7, 2 / 3, -1.2345678901234e-9, null];
  expect(
    look('table', [mean.map((value) => ({ mean: value }))])
      .text.split('\n')
      .slice(1, -1),
  ).toEqual([
    '        mean',
    '  210.6',
    '    0.3',
    '17506',
    '   48.86',
    '    7',
    '    0.6667',
    '   -1.235e-9',
    '        null',
    '',
  ]);
  expect(
    look('table', [[{ lat: 48.858844 }, { lat: 2.5 }]])
      .text.split('\n')
      .slice(2, 4),
  ).toEqual(['48.858844', ' 2.5']);
  expect(look('json', [mean]).text.split('\n')[0]).toBe('210.63532939327303');
});

test('whole numbers keep all their digits', () => {
  expect(look('table', [[{ id: 9007199254740993n }, { id: 98_210_345_630_023_830_000 }]]).text).toBe(
    lines('1s  batch  2 records', '                  id', '    9007199254740993', '98210345630023830000', ''),
  );
});

test('bare values need no name', () => {
  expect(look('table', [['to be']]).text).toBe(lines('1s  batch  1 record', 'to be', ''));
  expect(look('table', [[5, 12345]]).text).toBe(lines('1s  batch  2 records', '    5', '12345', ''));
});

test('records of different kinds stand in one column', () => {
  expect(look('table', [[{ a: 1 }, 'x', ['k', 1]]]).text).toBe(
    lines('1s  batch  3 records', '{"a":1}', 'x', '["k",1]', ''),
  );
});

test('fields that only some records have, and a field that is null', () => {
  expect(look('table', [[{ a: 'x' }, { b: 1 }, { a: null, b: 2 }]]).text).toBe(
    lines('1s  batch  3 records', 'a     b', 'x', '      1', 'null  2', ''),
  );
});

test('empty batches write nothing', () => {
  expect(look('table', [[], ['a'], []]).text).toBe(lines('2s  batch  1 record', 'a', ''));
});

test('print(n) says how many it left out', () => {
  const records = Array.from({ length: 1236 }, (_, i) => i);
  expect(look('table', [records], { n: 2 }).text).toBe(
    lines('1s  batch  1,236 records', '0', '1', '… and 1,234 more', ''),
  );
});

describe('rows that flow', () => {
  const flowing = (batches: Parameters<typeof look>[1], settings = {}) =>
    look('table', batches, { isFlowing: true, ...settings }).text;

  test('come one below the other, with the names of their columns once', () => {
    expect(flowing([[{ level: 'error', ms: 3 }], [], [{ level: 'warn', ms: 12 }]])).toBe(
      lines('level  ms', 'error   3', 'warn   12'),
    );
  });

  test('have the names again where there are others', () => {
    expect(flowing([[{ a: 1 }], [{ a: 1 }, { a: 2, b: 3 }]])).toBe(lines('a', '1', 'a  b', '1', '2  3'));
  });

  test('keep the width of their columns', () => {
    expect(flowing([[{ a: 'long text', b: 1 }], [{ a: 'x', b: 2 }]])).toBe(
      lines('a          b', 'long text  1', 'x          2'),
    );
  });

  test('have the names again where a column has become wider', () => {
    expect(flowing([[{ a: 'x', b: 1 }], [{ a: 'long', b: 2 }], [{ a: 'y', b: 3 }]])).toBe(
      lines('a  b', 'x  1', 'a     b', 'long  2', 'y     3'),
    );
  });

  test('have the names again before they are out of sight', () => {
    const batches = Array.from({ length: 100 }, (_, i) => [{ n: i }]);
    const heads = flowing(batches)
      .split('\n')
      .flatMap((line, i) => (/n$/.test(line) ? [i] : []));
    expect(heads).toEqual([0, 11, 52, 93]);
  });

  test('say how many were left out', () => {
    expect(flowing([['a', 'b', 'c'], ['d']], { n: 2 })).toBe(lines('a', 'b', '… and 1 more', 'd'));
  });
});

test('bare values are shown whole, however narrow the terminal', () => {
  const text = 'GET /a/long/path took 12ms';
  expect(look('table', [[text]], { width: () => 10 }).text).toBe(lines('1s  batch…', text, ''));
  expect(look('table', [[text, 'b'], ['c']], { width: () => 10, isFlowing: true }).text).toBe(lines(text, 'b', 'c'));
});

test('the number of the output, where there are several', () => {
  expect(look('table', [['a']], { output: 1 }).text).toBe(lines('1s  output 1  batch  1 record', 'a', ''));
});

describe('times', () => {
  test('are those of the local clock', () => {
    const time = local(12, 0, 30);
    const { text } = look('table', [{ span: { time, start: time - 1000, end: time }, records: [1] }]);
    expect(text.split('\n')[0]).toBe('12:00:30  batch  1 record');
  });

  test('show milliseconds where there are any', () => {
    const time = local(12, 0, 30) + 250;
    const { text } = look('table', [{ span: { time, start: time - 10, end: time }, records: [1] }], { interval: 10 });
    expect(text.split('\n')[0]).toBe('12:00:30.250  batch  1 record');
  });

  test('a window has its length and its bounds', () => {
    const [start, end] = [local(12, 0, 20), local(12, 0, 30)];
    const { text } = look('table', [{ span: { time: end, start, end, partial: true }, records: [1] }]);
    expect(text.split('\n')[0]).toBe('12:00:30  10s window 12:00:20–12:00:30  partial  1 record');
  });

  test('a window of another day has its date', () => {
    const [start, end, time] = [local(23, 59, 0), local(0, 0, 0, 2), local(12, 0, 30, 3)];
    const { text } = look('table', [{ span: { time, start, end }, records: [1] }]);
    expect(text.split('\n')[0]).toBe('12:00:30  1m window 2013-01-01 23:59:00–2013-01-02 00:00:00  1 record');
  });

  test('a window of the virtual clock counts from the start, and may begin before it', () => {
    const { text } = look('table', [{ span: { start: -2000 }, records: [1] }]);
    expect(text.split('\n')[0]).toBe('1s  3s window -2s–1s  1 record');
  });
});

describe('on a terminal', () => {
  test('text is cut to the width, numbers are not', () => {
    const record = { id: 1234567890, path: '/a/very/long/path/to/somewhere', agent: 'Mozilla/5.0 (X11; Linux)' };
    expect(look('table', [[record]], { width: () => 40 }).text).toBe(
      lines('1s  batch  1 record', '        id  path           agent', '1234567890  /a/very/long…  Mozilla/5.0 …', ''),
    );
  });

  test('columns that do not fit even so are left out with a mark', () => {
    const record = fieldsOf(Array.from({ length: 8 }, (_, i) => [`column${i}`, 'abcdefghijkl']));
    expect(look('table', [[record]], { width: () => 32 }).text).toBe(
      lines('1s  batch  1 record', 'column0   column1   column2   …', 'abcdefg…  abcdefg…  abcdefg…  …', ''),
    );
  });

  test('no line is wider than the screen', () => {
    const records = [{ 'a long name of a column': '日本語'.repeat(20), n: 1, 'another 日本': '👩‍👩‍👧'.repeat(9) }];
    for (let width = 1; width < 90; width++) {
      const { text } = look('table', [records], { width: () => width });
      for (const line of text.split('\n')) expect(displayed(line), `${width}: ${line}`).toBeLessThanOrEqual(width);
    }
  });

  test('wide characters keep the columns straight', () => {
    const { text } = look(
      'table',
      [
        [
          { a: '日本', b: 'x' },
          { a: 'abcd', b: 'y' },
        ],
      ],
      { width: () => 80 },
    );
    expect(text).toBe(lines('1s  batch  2 records', 'a     b', '日本  x', 'abcd  y', ''));
  });

  test('control characters are written out, so that data cannot work the terminal', () => {
    const { text } = look('table', [['\u001b[31mred', 'a\tb\nc\r', '\u202eabc', '\u009b0m', '\ud800x']]);
    expect(text).toBe(
      lines('1s  batch  5 records', '\\x1b[31mred', 'a\\tb\\nc\\r', '\\u202eabc', '\\u009b0m', '\\ud800x', ''),
    );
    expect(look('table', [[{ 'a\u001b[0m': 1 }]]).text).toContain('a\\x1b[0m\n');
  });

  test('colour marks times, names and nothing, and only where it is wanted', () => {
    const { text } = look('table', [[{ a: null }]], { color: true });
    expect(text).toBe(
      lines(
        '\u001b[1m1s\u001b[22m  \u001b[2mbatch\u001b[22m  \u001b[2m1 record\u001b[22m',
        '\u001b[1ma\u001b[22m',
        '\u001b[2mnull\u001b[22m',
        '',
      ),
    );
    expect(look('table', [[{ a: null }]]).text).not.toContain('\u001b');
  });
});

describe('cells that say how bad something is', () => {
  const coloured = (record: Value) =>
    look('table', [[record]], { color: true })
      .text.split('\n')[2]!
      .replaceAll('\u001b[31m', 'R<')
      .replaceAll('\u001b[33m', 'Y<')
      .replaceAll('\u001b[39m', '>');

  test('have colours', () => {
    expect(coloured({ level: 'error', m: 'x' })).toBe('R<error>  x');
    expect(coloured({ level: 'WARN', m: 'x' })).toBe('Y<WARN >  x');
    expect(coloured({ m: 'x', 'log.status': 503 })).toBe('x  R<       503>');
    expect(coloured({ m: 'x', status: 404 })).toBe('x  Y<   404>');
  });

  test('and no others', () => {
    expect(coloured({ level: 'info', m: 'an error' })).toBe('info   an error');
    expect(coloured({ n: 503, status: 200 })).toBe('503     200');
    expect(look('table', [[{ level: 'error' }]]).text).not.toContain('\u001b');
  });
});

describe('a batch longer than a block', () => {
  test('is written in blocks, with the number at the end', () => {
    const { text } = look('table', [Array.from({ length: 2500 }, (_, i) => ({ n: i }))]);
    const written = text.split('\n');
    expect(written.slice(0, 3)).toEqual(['   n', '   0', '   1']);
    expect(written.slice(-4)).toEqual(['2499', '1s  batch  2,500 records', '', '']);
    expect(written).toHaveLength(2504);
  });

  test('names the columns again where they change', () => {
    const records = [...Array.from({ length: 1001 }, (_, i) => ({ a: i })), { b: 1 }];
    expect(look('table', [records]).text.split('\n').slice(-6)).toEqual([
      '1000',
      'b',
      '1',
      '1s  batch  1,002 records',
      '',
      '',
    ]);
  });

  test('of exactly one block has the line on top', () => {
    const { text } = look('table', [Array.from({ length: 1000 }, (_, i) => i)]);
    expect(text.split('\n')[0]).toBe('1s  batch  1,000 records');
  });
});

test('cutting keeps whole characters', () => {
  expect(cutText('日本語', 6)).toBe('日本語');
  expect(cutText('日本語', 5)).toBe('日本…');
  expect(cutText('日本語', 4)).toBe('日…');
  expect(cutText('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5)).toBe('👩‍👩‍👧👩‍👩‍👧…');
  expect(cutText('abc', 1)).toBe('…');
});

test('what can be seen is left alone', () => {
  expect(visible('ünï 👩‍👩‍👧 日本 \\n')).toBe('ünï 👩‍👩‍👧 日本 \\n');
});

/** Columns of the terminal, counted in another way than the table does: wide East Asian letters and emoji are two. */
function displayed(text: string): number {
  let columns = 0;
  for (const { segment } of new Intl.Segmenter('en').segment(text)) {
    columns += /[\u3040-\u9fff]|\p{Extended_Pictographic}/u.test(segment) ? 2 : 1;
  }
  return columns;
}
