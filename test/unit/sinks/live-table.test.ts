import { expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import type { Frame, SinkContext } from '../../../src/flow/define/context.ts';
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
  many.emit(1, pairs(1204));
  expect(many.lines(80, 1000).at(-1)).toBe('… and 704 more');
  expect(many.lines(80, 1000)[0]).toBe('1s  batch  1,204 records');
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
