import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldsOf } from '../../../src/base/fields.ts';
import type { Value } from '../../../src/base/value.ts';
import type { Frame, Move, SinkContext } from '../../../src/flow/define/context.ts';
import type { Span } from '../../../src/flow/define/span.ts';
import { print } from '../../../src/flow/sinks/print.ts';
import { batch, openSink, sinkContext } from '../../support/sink.ts';

/** A live print, and what it shows in so many columns and rows. */
function livePrint(args: { readonly [name: string]: unknown } = {}, settings: Partial<SinkContext> = {}) {
  let shown: Frame | undefined;
  let read = 0;
  const region = {
    show(frame: Frame) {
      shown = frame;
    },
  };
  const sink = openSink(
    print,
    args,
    sinkContext({ format: 'table', region, recordsIn: () => read, ...settings }).context,
  );
  return {
    emit(index: number, records: readonly Value[], span: Partial<Span> = {}) {
      for (const record of records) sink.push(record);
      // As if all that was read came out.
      read = records.length;
      sink.close(batch(index, span));
    },
    lines: (columns = 80, rows = 24) => shown!.paint(columns, rows),
    frame: () => shown!,
    height: () => shown!.height,
  };
}

const pairs = (count: number): Value[] => Array.from({ length: count }, (_, i) => [`key${i}`, i + 1]);

test('the newest batch takes the place of the one before', () => {
  const { emit, lines } = livePrint({ bars: false });
  emit(1, [['a', 1]]);
  emit(2, [['b', 2]]);
  expect(lines()).toEqual(['2s  batch  1 record', 'key  value', 'b        2']);
});

test('pairs have bars, in what room there is, and none where there is too little', () => {
  const { emit, lines } = livePrint();
  emit(1, [
    ['a', 4],
    ['b', 1],
  ]);
  expect(lines(24)).toEqual(['1s  batch  2 records', 'key  value', 'a        4  ████████████', 'b        1  ███']);
  expect(lines(14)).toEqual(['1s  batch  2 …', 'key  value', 'a        4', 'b        1']);
});

test('keys that are numbers have no bars', () => {
  const { emit, lines } = livePrint();
  emit(1, [
    [200, 4],
    [404, 1],
  ]);
  expect(lines(24)).toEqual(['1s  batch  2 records', 'key  value', '200      4  ████████████', '404      1  ███']);
});

test('points of numbers stay where they are from batch to batch', () => {
  const { emit, lines } = livePrint();
  emit(1, [{ k: 'a', mean: 10 / 3 }]);
  expect(lines().at(-1)).toBe('a  3.333');
  emit(2, [{ k: 'a', mean: 4 }]);
  expect(lines().at(-1)).toBe('a  4');
});

test('objects have bars where they are asked for; numbers below zero have none', () => {
  const { emit, lines } = livePrint({ bars: true });
  emit(1, [
    { k: 'a', n: 2, d: -1 },
    { k: 'b', n: 1, d: 3 },
  ]);
  expect(lines(30)).toEqual([
    '1s  batch  2 records',
    'k  n                         d',
    `a  2  ${'█'.repeat(20)}  -1`,
    `b  1  ${'█'.repeat(10)}             3`,
  ]);
});

test('where there is not room for all rows, the last line says how many are left out', () => {
  const { emit, lines, height } = livePrint({ bars: false });
  emit(1, pairs(30));
  expect(height()).toBe(32);
  for (let rows = 1; rows < 40; rows++) expect(lines(80, rows).length).toBe(Math.min(rows, 32));
  expect(lines(80, 6)).toEqual([
    '1s  batch  30 records',
    'key    value',
    'key0       1',
    'key1       2',
    'key2       3',
    '… and 27 more',
  ]);
});

test('rows beyond any terminal are counted and not kept; print(n) counts with them', () => {
  const many = livePrint({ bars: false });
  many.emit(1, pairs(100_204));
  expect(many.lines(80, 100_100).at(-1)).toBe('… and 204 more');
  expect(many.lines(80, 100_100)[0]).toBe('1s  batch  100,204 records');
  const few = livePrint({ n: 2, bars: false });
  few.emit(1, pairs(1204));
  expect(few.lines()).toEqual([
    '1s  batch  1,204 records',
    'key   value',
    'key0      1',
    'key1      2',
    '… and 1,202 more',
  ]);
});

test('columns never become narrower, and grow with room to spare', () => {
  const { emit, lines } = livePrint({ bars: false });
  emit(1, [['a', 1]]);
  emit(2, [['a long key', 1]]);
  emit(3, [['b', 1]]);
  expect(lines()).toEqual(['3s  batch  1 record', 'key            value', 'b                  1']);
  // Where there is no room for what was to spare, it is not kept.
  expect(lines(17)[1]).toBe('key         value');
});

test('what the end of the run left over of a batch comes below the last whole one', () => {
  const { emit, lines } = livePrint({ bars: false });
  emit(1, [['a', 9]]);
  emit(2, [['a', 1]], { partial: true });
  expect(lines()).toEqual([
    '1s  batch  1 record',
    'key  value',
    'a        9',
    '',
    '2s  batch  partial  1 record',
    'key  value',
    'a        1',
  ]);
});

test('where the user ends the run within a batch, the last whole one stays, and the rest is shown only where there is no other', () => {
  const { emit, lines } = livePrint({ bars: false }, { isStopped: () => true });
  emit(1, [['a', 1]], { partial: true });
  expect(lines().at(-1)).toBe('a        1');
  emit(2, [['a', 9]]);
  emit(3, [['a', 2]], { partial: true });
  expect(lines()).toEqual(['2s  batch  1 record', 'key  value', 'a        9']);
  emit(3, [['a', 12]], { start: 0, batches: 3 });
  expect(lines().slice(3)).toEqual(['', '3s  all 3 batches  1 record', 'key  value', 'a       12']);
});

test('a sliding window that the user ends within is no result beside whole ones; what is of the run so far is', () => {
  const window = livePrint({ bars: false }, { isStopped: () => true });
  window.emit(3, [['a', 9]], { start: 0 });
  window.emit(4, [['a', 2]], { start: 1000, end: 4000, partial: true });
  expect(window.lines().at(-1)).toBe('a        9');
  const running = livePrint({ bars: false }, { isStopped: () => true, isRunning: true });
  running.emit(3, [['a', 9]], { start: 0 });
  running.emit(4, [['a', 11]], { start: 0, partial: true });
  expect(running.lines().at(-1)).toBe('a       11');
});

describe('keys', () => {
  const numbered = (count: number): Value[] =>
    Array.from({ length: count }, (_, i) => ({ name: `n${String(i).padStart(6, '0')}`, size: (i * 7919) % 1000 }));

  test('scroll by a line, a screen, to the end and back, and never beyond', () => {
    const { emit, lines, frame } = livePrint();
    emit(1, numbered(100_000));
    const first = () => lines(80, 12)[2]!.slice(0, 7);
    const move = (...moves: Move[]) => {
      for (const next of moves) {
        frame().move!(next);
        lines(80, 12);
      }
    };
    move('up');
    expect(first()).toBe('n000000');
    move('down', 'down');
    expect(first()).toBe('n000002');
    expect(lines(80, 12).at(-1)).toBe('… 2 above, 99,989 more');
    move('pageDown');
    expect(first()).toBe('n000010');
    move('end', 'down', 'down');
    expect(lines(80, 12).slice(-2)).toEqual([expect.stringMatching(/^n099999 /), '… 99,991 above']);
    move('up');
    expect(first()).toBe('n099990');
    move('home');
    expect(first()).toBe('n000000');
  });

  test('sort by one column after the other, numbers from the largest, and as they came again', () => {
    const { emit, lines, frame } = livePrint();
    emit(1, [
      { k: 'b', n: 2 },
      { k: 'c', n: null },
      { k: 'a', n: 10 },
    ]);
    const rows = () =>
      lines()
        .slice(2)
        .map((line) => line[0]);
    expect(rows()).toEqual(['b', 'c', 'a']);
    frame().move!('sort');
    expect(rows()).toEqual(['a', 'b', 'c']);
    expect(lines()[0]).toMatch(/ {2}by k ↑$/);
    frame().move!('reverse');
    expect(rows()).toEqual(['c', 'b', 'a']);
    frame().move!('sort');
    expect(rows()).toEqual(['a', 'b', 'c']);
    emit(2, [
      { k: 'x', n: 1 },
      { k: 'y', n: 5 },
    ]);
    expect(rows()).toEqual(['y', 'x']);
    expect(lines()[0]).toMatch(/ {2}by n ↓$/);
    frame().move!('sort');
    expect(rows()).toEqual(['x', 'y']);
  });

  test('show only rows that hold a text, in capitals or not, in any column', () => {
    const { emit, lines, frame } = livePrint();
    emit(1, [
      ['Web', 1],
      ['api', 2],
      ['auth', 21],
    ]);
    frame().move!({ filter: 'w' });
    expect(
      lines()
        .slice(2)
        .map((line) => line.split(' ')[0]),
    ).toEqual(['Web']);
    expect(lines()[0]).toBe('1s  batch  3 records  "w" in 1 of 3');
    frame().move!({ filter: '2' });
    expect(
      lines()
        .slice(2)
        .map((line) => line.split(' ')[0]),
    ).toEqual(['api', 'auth']);
    frame().move!({ filter: 'nothing' });
    expect(lines()).toHaveLength(2);
    frame().move!({ filter: '日本語' });
    expect(lines(40)[0]).toBe('1s  batch  3 records  "日本語" in 0 of 3');
    expect(lines(39)[0]).toBe('1s  batch  3 records');
    frame().move!({ filter: '' });
    expect(lines()).toHaveLength(5);
  });

  test('scroll columns behind the first', () => {
    const { emit, lines, frame } = livePrint();
    emit(1, [fieldsOf(Array.from({ length: 15 }, (_, i) => [`column${i}`, `value${i}`]))]);
    expect(lines(40)[1]).toBe('column0  column1  column2  column3  …');
    frame().move!('right');
    frame().move!('right');
    expect(lines(40)[1]).toBe('column0  column3  column4  column5  …');
    for (let i = 0; i < 30; i++) frame().move!('right');
    expect(lines(40)[1]).toBe('column0  column14');
    frame().move!('left');
    expect(lines(40)[1]).toBe('column0  column13  column14');
  });

  test('go through windows that came out together', () => {
    const { emit, lines, frame } = livePrint({ bars: false });
    for (let i = 1; i <= 3; i++) emit(9, [['a', i]], { start: i * 1000, end: (i + 2) * 1000 });
    expect(lines(80, 4).slice(-1)).toEqual(['a        3']);
    frame().move!('pageUp');
    expect(lines(80, 5).slice(-2)).toEqual(['a        2', '… 1 behind']);
    frame().move!('pageDown');
    expect(lines(80, 4).slice(-1)).toEqual(['a        3']);
  });

  test('reach as far in several windows together as in one', () => {
    const { emit, lines, frame } = livePrint({ bars: false });
    for (let i = 1; i <= 3; i++) emit(9, numbered(60_000), { start: i * 1000, end: (i + 2) * 1000 });
    const last = () => {
      lines(80, 12);
      frame().move!('end');
      return lines(80, 12)
        .findLast((line) => line.startsWith('n'))!
        .slice(0, 7);
    };
    expect(last()).toBe('n059999');
    frame().move!('pageUp');
    expect(last()).toBe('n000499');
  });

  test('whatever they do, a picture fits', () => {
    const moves = fc.constantFrom<Move>(
      'up',
      'down',
      'pageUp',
      'pageDown',
      'home',
      'end',
      'left',
      'right',
      'sort',
      'reverse',
      { filter: '1' },
      { filter: '' },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(moves, fc.integer({ min: 1, max: 30 }))),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 3 }),
        (steps, count, windows) => {
          const { emit, frame } = livePrint();
          for (let i = 0; i < windows; i++) emit(9, pairs(count), { start: i * 1000 });
          for (const [move, rows] of steps) {
            frame().move?.(move);
            expect(frame().paint(30, rows).length).toBeLessThanOrEqual(rows);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

test('what all batches amount to comes below the last whole one, in the place of what was left over', () => {
  const { emit, lines } = livePrint({ bars: false });
  emit(1, [['a', 9]]);
  emit(2, [['a', 1]], { partial: true });
  emit(2, [['a', 10]], { start: 0, batches: 2 });
  expect(lines()).toEqual([
    '1s  batch  1 record',
    'key  value',
    'a        9',
    '',
    '2s  all 2 batches  1 record',
    'key  value',
    'a       10',
  ]);
});

test('a window that goes on takes the place of what it was, also at the end of the run', () => {
  const { emit, lines } = livePrint({ bars: false });
  emit(1, [['a', 9]], { start: 0, end: 1000 });
  emit(2, [['a', 10]], { start: 0, end: 2000, partial: true });
  expect(lines()[0]).toBe('2s  2s window 0s–2s  partial  1 record');
  expect(lines()).toHaveLength(3);
});

test('what is of all batches says since when', () => {
  const { emit, lines } = livePrint({ bars: false }, { isRunning: true });
  emit(1, [['a', 9]], { start: 0, end: 1000 });
  expect(lines()[0]).toBe('1s  since 0s  1 record');
});

test('columns keep their order when fields come and go', () => {
  const { emit, lines } = livePrint();
  emit(1, [{ a: 1, b: 2 }]);
  emit(2, [{ b: 2, c: 3, a: 1 }]);
  expect(lines()[1]).toBe('a  b  c');
});

test('after a batch without records the table stays, and says so', () => {
  const { emit, lines } = livePrint({ bars: false });
  emit(1, []);
  expect(lines()).toEqual(['1s  0 records']);
  emit(2, [['a', 1]]);
  emit(3, []);
  emit(4, []);
  expect(lines()).toEqual(['2s  batch  1 record  nothing since, to 4s', 'key  value', 'a        1']);
});

test('windows that come out in one tick stand one below the other, the newest last and first to be shown', () => {
  const { emit, lines } = livePrint({ bars: false });
  for (const start of [0, 1000, 2000]) emit(9, [['a', start]], { start, end: start + 2000 });
  expect(lines()).toEqual([
    '9s  2s window 0s–2s  1 record',
    'key  value',
    'a        0',
    '',
    '9s  2s window 1s–3s  1 record',
    'key  value',
    'a     1000',
    '',
    '9s  2s window 2s–4s  1 record',
    'key  value',
    'a     2000',
  ]);
  expect(lines(80, 8)).toEqual([
    '… 1 before',
    '9s  2s window 1s–3s  1 record',
    'key  value',
    'a     1000',
    '',
    '9s  2s window 2s–4s  1 record',
    'key  value',
    'a     2000',
  ]);
  for (let rows = 1; rows < 14; rows++) expect(lines(80, rows).length).toBeLessThanOrEqual(rows);
});

test('--sparklines shows the last values of each key, with nothing where it had none', () => {
  const { emit, lines } = livePrint({}, { sparklines: true });
  emit(1, [{ service: 'a', n: 1 }]);
  emit(2, [
    { service: 'b', n: 2 },
    { service: 'a', n: 8 },
  ]);
  emit(3, [{ service: 'b', n: 4 }]);
  emit(4, [
    { service: 'a', n: 4 },
    { service: 'b', n: 4 },
  ]);
  expect(lines()).toEqual([
    '4s  batch  2 records',
    'service  n',
    `a        4  ${' '.repeat(16)}▂█ ▅`,
    `b        4  ${' '.repeat(17)}▅██`,
  ]);
});

test('ASCII where the terminal has no other characters', () => {
  const { emit, lines } = livePrint({}, { ascii: true });
  emit(1, [['a', 1]]);
  expect(lines(24)[2]).toBe('a        1  ############');
});
