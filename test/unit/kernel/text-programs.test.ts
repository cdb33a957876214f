import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { FastLaneUse, run } from './both-ways.ts';

const seek = fc.constantFrom('a', 'bb', 'é', ' ', 'a b', '\u3000', ',', 'x'.repeat(20), '\u0000');
const delimiter = fc.constantFrom(' ', ',', 'a', '\t', '\u0000', ';');
const quoted = (text: string) => JSON.stringify(text);

const cut = fc.oneof(
  fc.constantFrom('words', 'lines', 'filter(_)', 'map(_)'),
  fc
    .tuple(fc.constantFrom('includes', 'startsWith', 'endsWith'), seek)
    .map(([test, text]) => `filter(_.${test}(${quoted(text)}))`),
  seek.map((text) => `filter(line => line.includes(${quoted(text)}))`),
  delimiter.map((sign) => `flatMap(_.split(${quoted(sign)}))`),
);
const end = fc.constantFrom(
  'countByValue',
  'count',
  'distinct',
  'distinct | count',
  'countByValue | count | running',
  'print',
  'print(2)',
  'print | countByValue',
  'countByValue | window(3s)',
  'count | running',
  'countByValue | running | top(3)',
  'map([_, 1]) | reduceByKey(_ + _)',
  'map(x => [x, 1]) | reduceByKey((a, b) => b + a)',
  'map(len(_)) | reduce(_ + _)',
  'json',
  'take(3)',
);
const cuts = fc.array(cut, { maxLength: 3 });
const program = fc.oneof(
  // The few words that are cut from bytes alone, which would seldom come up first.
  fc.tuple(fc.constantFrom('words', 'lines'), end).map(([first, last]) => `given | ${first} | ${last}`),
  fc.tuple(cuts, end).map(([stages, last]) => ['given', ...stages, last].join(' | ')),
  fc
    .tuple(cuts, end, cut, end)
    .map(
      ([stages, one, again, other]) =>
        `let all = ${['given', ...stages].join(' | ')}; all | ${one}; all | ${again} | ${other}`,
    ),
);

/** Pieces of lines: ends of both kinds, white space of all lengths, bytes that are no UTF-8, and words around the sizes that are loaded at once. */
const piece = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'bb', 'ab', ' ', ',', '\n', '\n', '\r\n', 'é', '{"a":1}') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '\t',
      '\r',
      '\v',
      '\u00a0',
      '\u1680',
      '\u2003',
      '\u2029',
      '\u205f',
      '\u3000',
      '\ufeff',
      '\u200b',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('\u0000', '😀', ';', '\u0085', '\u001c') },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 70 }).map((length) => 'x'.repeat(length)) },
);
const broken = fc.constantFrom([0xff], [0xc2], [0xe3, 0x80], [0xed, 0xa0, 0x80], [0x80], [0xf0, 0x9f, 0x98]);
const content = fc
  .array(
    fc.oneof(
      { weight: 30, arbitrary: piece.map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: broken.map((bytes) => Buffer.from(bytes)) },
    ),
    { maxLength: 60 },
  )
  .map((pieces) => Buffer.concat(pieces));

/** Cuts bytes behind some of their newlines. */
function chunksOf(bytes: Buffer, borders: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let from = 0;
  for (const border of [...borders].sort((a, b) => a - b)) {
    const next = bytes.indexOf(10, Math.max(from, border)) + 1;
    if (next === 0) break;
    chunks.push(bytes.subarray(from, next));
    from = next;
  }
  return [...chunks, bytes.subarray(from)];
}

test('a program gives the same with kernels and without, in its output and its bad records, wherever chunks end', async () => {
  const use = new FastLaneUse();
  await fc.assert(
    fc.asyncProperty(program, content, fc.array(fc.nat(200), { maxLength: 4 }), async (text, bytes, borders) => {
      await use.bothWays(text, chunksOf(bytes, borders), [bytes]);
    }),
    { numRuns: 400 },
  );
  use.expectTaken('words', 'lines', 'filter', 'flatMap', 'countByValue', 'count', 'distinct', 'print');
});

test.each([
  ['reduceByKey(_ + _)', 'reduceByKey((a, b) => a + b + 0)'],
  ['window(2s) | reduceByKey(_ + _)', 'window(2s) | reduceByKey((a, b) => a + b + 0)'],
  ['reduceByKey((n, m) => m + n) | running', 'reduceByKey((a, b) => a + b + 0) | running'],
  ['reduceByKey(_ + _) | top(2) | window(2s)', 'reduceByKey((a, b) => a + b + 0) | top(2) | window(2s)'],
])('counting pairs of one by value gives what %s gives', async (sum, otherSum) => {
  const lines = [Buffer.from('a b a\nb\n\nc a\n')];
  const counted = await run(`given | words | map([_, 1]) | ${sum}`, lines, true);
  expect(counted).toEqual(await run(`given | words | map([_, 1]) | ${otherSum}`, lines, true));
  expect(counted.out).toContain('a\t3');
});

test.each([
  ['[.a, 1]', '.a'],
  ['[_.b.c, 1]', '_.b.c'],
  ['r => [upper(r.a), 1]', 'r => upper(r.a)'],
  ['[_.a.length + .n, 1]', '.a.length + .n'],
])('counting pairs of %s and one by key counts by the key, what is bad too', async (pair, key) => {
  const lines = [Buffer.from('{"a":"x","b":{"c":1}}\n{"a":5}\n{"a":"x","n":1}\nno\n{"a":"y","b":{"c":2}}\n[]\n')];
  const counted = await run(`given | json | map(${pair}) | reduceByKey(_ + _)`, lines, true);
  expect(counted).toEqual(await run(`given | json | countBy(${key})`, lines, true));
  expect(counted).toEqual(await run(`given | json | map(${pair}) | reduceByKey((a, b) => a + b + 0)`, lines, false));
});

test('a file gets lines as they are, with their ends made newlines', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leat-lines-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const kernels of [true, false]) {
    const file = join(folder, `${kernels}.txt`);
    const lines = Buffer.from('a error\r\nb\nerr\r\r\nerror c\nerror \r');
    await run(`given | filter(_.includes("err")) | append(${quoted(file)})`, [lines], kernels);
    expect(readFileSync(file, 'utf8')).toBe('a error\nerr\r\nerror c\nerror \r\n');
  }
});

test('places of bad lines are told behind a filter', async () => {
  const lines = [Buffer.from('{"a":1}\nx\n{"a"\nx\n'), Buffer.from('x\n{"a"]\n')];
  const { keptBad } = await run('given | filter(_.includes("a")) | json', lines, true);
  expect(keptBad.map((line) => JSON.parse(line).line)).toEqual([3, 6]);
});
