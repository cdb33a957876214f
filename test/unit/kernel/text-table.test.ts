import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextTable } from '../../../src/flow/bytes/text-table.ts';
import type { Cut } from '../../../src/flow/define/text-form.ts';

const WORDS: Cut = { kind: 'words' };
const LINES: Cut = { kind: 'lines' };

function counted(table: TextTable): [string, number][] {
  const found: [string, number][] = [];
  table.visit((text, count) => found.push([text, count]));
  return found;
}

function countOf(cut: Cut, ...chunks: readonly string[]): [string, number][] {
  const table = new TextTable();
  const take = table.taking(cut);
  for (const chunk of chunks) take(Buffer.from(chunk));
  return counted(table);
}

const characters = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
const spaces = characters.filter((character) => /\s/.test(character));

test.each(spaces.map((space) => [space.charCodeAt(0).toString(16), space]))(
  'U+%s is white space, wherever it stands in a block',
  (_code, space) => {
    for (let before = 0; before < 70; before++) {
      const first = 'x'.repeat(before);
      const expected: [string, number][] =
        before === 0
          ? [['y', 1]]
          : [
              [first, 1],
              ['y', 1],
            ];
      expect(countOf(WORDS, `${first}${space}y`)).toEqual(expected);
    }
  },
);

test('no other character is white space', () => {
  expect(spaces.length).toBe(25);
  const others = characters.filter((character) => !/[\s\ud800-\udfff]/.test(character)).join('');
  expect(countOf(WORDS, others).map(([text]) => text)).toEqual([others]);
});

test('texts of every length are told apart by each of their bytes', () => {
  const texts: string[] = [];
  for (let length = 1; length <= 70; length++) {
    texts.push('a'.repeat(length));
    for (let at = 0; at < length; at++) texts.push(`${'a'.repeat(at)}b${'a'.repeat(length - at - 1)}`);
  }
  const chunk = texts.join('\n');
  expect(countOf(LINES, `${chunk}\n`, chunk)).toEqual(texts.map((text) => [text, 2]));
  expect(countOf(WORDS, chunk, chunk)).toEqual(texts.map((text) => [text, 2]));
});

test('empty texts and line ends of both kinds', () => {
  expect(countOf(LINES, 'a\r\n\r\n\n\r\r\na\r')).toEqual([
    ['a', 1],
    ['', 2],
    ['\r', 1],
    ['a\r', 1],
  ]);
  expect(countOf({ kind: 'split', delimiter: 44 }, 'a,,\r\n,\n\na,\r')).toEqual([
    ['a', 2],
    ['', 5],
    ['\r', 1],
  ]);
  expect(countOf(LINES, '')).toEqual([]);
});

test('many texts come out once each, in the order first seen', () => {
  const table = new TextTable();
  const take = table.taking(LINES);
  const texts = Array.from({ length: 300_000 }, (_, i) => `${(i * 7919) % 300_007}-é`.slice(0, i % 3 === 0 ? -2 : 10));
  const expected = new Map<string, number>();
  for (let from = 0; from < texts.length; from += 10_000)
    take(Buffer.from(texts.slice(from, from + 10_000).join('\n')));
  for (const text of texts) expected.set(text, (expected.get(text) ?? 0) + 1);
  expect(table.size).toBe(expected.size);
  expect(counted(table)).toEqual([...expected]);
});

test('a text of 5 MB among short ones', () => {
  const long = 'é'.repeat(2_500_000);
  expect(countOf(WORDS, `a ${long} a\nb ${long}\n`, 'b\n')).toEqual([
    ['a', 2],
    [long, 2],
    ['b', 2],
  ]);
});

test('a table that was cleared is empty, and forgets what it knew', () => {
  const table = new TextTable();
  const take = table.taking(WORDS);
  for (const count of [5, 100_000, 10]) {
    const texts = Array.from({ length: count }, (_, i) => `w${i}`);
    take(Buffer.from(texts.join(' ')));
    take(Buffer.from(texts.join('\n')));
    expect(counted(table)).toEqual(texts.map((text) => [text, 2]));
    table.clear();
    expect(table.size).toBe(0);
    expect(counted(table)).toEqual([]);
  }
});

test('a text is counted more often than a slot can', () => {
  const table = new TextTable();
  const take = table.taking(WORDS);
  const often = Buffer.from('a é '.repeat(300_000));
  for (let i = 0; i < 4; i++) take(often);
  expect(counted(table)).toEqual([
    ['a', 1_200_000],
    ['é', 1_200_000],
  ]);
  take(often);
  expect(counted(table)[1]).toEqual(['é', 1_500_000]);
});

/** Texts of all the lengths that are handled in different ways, many of them alike but for a byte. */
const length = fc.oneof(fc.integer({ max: 20, min: 0 }), fc.constantFrom(63, 64, 65, 1022, 1023, 1024, 70_000));
const text = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('', 'a', 'b', 'ab', 'abcdefg', 'abcdefgh', '\u0000', 'a\u0000', 'é', 'éééé'),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(length, fc.nat(), fc.constantFrom('b', '\u0000', 'é')).map(([size, at, other]) => {
      const same = 'a'.repeat(size);
      return size === 0 ? other : same.slice(0, at % size) + other + same.slice((at % size) + 1);
    }),
  },
  { weight: 2, arbitrary: fc.integer({ max: 3000, min: 0 }).map((number) => `${number}`) },
  { weight: 1, arbitrary: fc.integer({ max: 3000, min: 0 }).map((number) => `text ${number}`) },
);

test('tables that are filled, merged and cleared hold what a Map would', () => {
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('take' as const), texts: fc.array(text, { maxLength: 40 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('absorb' as const), texts: fc.array(text, { maxLength: 40 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('many' as const), from: fc.nat(5000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
  );
  const linesOf = (texts: readonly string[]) => Buffer.from(texts.map((each) => `${each}\n`).join(''));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const table = new TextTable();
      const take = table.taking(LINES);
      const expected = new Map<string, number>();
      for (const each of steps) {
        if (each.kind === 'clear') {
          table.clear();
          expected.clear();
          continue;
        }
        const texts =
          each.kind === 'many'
            ? Array.from({ length: 3000 }, (_, i) => `${(each.from + i) * 7}/`.repeat(1 + (i % 3)))
            : each.texts;
        if (each.kind === 'absorb') {
          const other = new TextTable();
          other.taking(LINES)(linesOf(texts));
          table.absorb(other.stretches());
        } else {
          take(linesOf(texts));
        }
        for (const key of texts) expected.set(key, (expected.get(key) ?? 0) + 1);
      }
      expect(table.size).toBe(expected.size);
      expect(counted(table)).toEqual([...expected]);
    }),
    { numRuns: 150 },
  );
});
