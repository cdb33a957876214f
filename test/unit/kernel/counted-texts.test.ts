/** Texts of fields that are counted as bytes (flow/columns/counting-texts.ts), until something comes that is none. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FastLaneUse, takenOf } from './both-ways.ts';
import { linesOf } from './projecting.ts';

/** About where a text stands in its slot, where it is longer than one, than what is decoded at once, and than its header can say. */
const lengths = fc.constantFrom(0, 1, 3, 7, 8, 9, 12, 13, 64, 65, 1022, 1023, 1024, 5000);
const texts = fc.oneof(
  fc.constantFrom('a', 'b', 'GET', 'é', 'über alles', '日本語のテキスト', '😀', ' ', '1', 'null'),
  fc.tuple(fc.constantFrom('x', 'y', 'ö'), lengths).map(([letter, length]) => letter.repeat(length)),
);
/** What a field may hold besides, of which some is no row of a kernel, and some no record. */
const others = fc.constantFrom(
  '1',
  '1.50',
  'null',
  'true',
  '[1]',
  '{"b":"a"}',
  '"a\\u0062"',
  '"tab\\t"',
  '1e400',
  '"',
  '',
);

const chunksOf = (odds: number) => {
  const value = fc.oneof(
    { weight: 1000 - odds, arbitrary: texts.map((text) => JSON.stringify(text)) },
    { weight: odds, arbitrary: others },
  );
  const line = fc.oneof(
    { weight: 20, arbitrary: value.map((a) => `{"n":1,"a":${a}}\n`) },
    { weight: Math.floor(odds / 100), arbitrary: fc.constantFrom('{"n":1}\n', '\n', 'no JSON\n') },
  );
  return fc.array(
    fc.array(line, { maxLength: 40, size: 'max' }).map((lines) => Buffer.from(lines.join(''))),
    { maxLength: 4 },
  );
};

const programs = fc.constantFrom(
  'countBy(.a)',
  'countBy(.a) | top(3)',
  'countBy(.a) | count',
  'countBy(.a) | running',
  'countBy(.a) | window(2s)',
  'filter(.a.startsWith("a") || .n == 1) | countBy(.a)',
  'filter(.a != null) | countBy(.a)',
  'rename({b: .a}) | countBy(.b)',
  'map([.a, 1]) | reduceByKey(_ + _)',
  'countBy(.a, .n)',
  'countBy(upper(.a))',
  'take(20) | countBy(.a)',
);

test('texts that are counted as bytes give the same as texts that are keys of groups, whatever comes among them', async () => {
  const use = new FastLaneUse();
  await fc.assert(
    fc.asyncProperty(programs, fc.constantFrom(0, 0, 2, 100).chain(chunksOf), async (program, chunks) => {
      await use.bothWays(`given | json | ${program}`, chunks);
    }),
    { numRuns: 200 },
  );
  use.expectTaken('json', 'countBy');
});

const cell = fc.oneof(
  fc.constantFrom('a', 'b', 'é', '', '1', '1.50', '-0', '"q"', '"a ""b"""', '"two\nlines"', 'a\r', '"cut'),
  fc.constantFrom(7, 8, 1023).map((length) => 'x'.repeat(length)),
);

test('columns too', async () => {
  const use = new FastLaneUse();
  const rows = linesOf(
    fc.oneof(
      fc.constant('a,b'),
      fc.tuple(cell, cell).map((cells) => cells.join(',')),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(rows, { maxLength: 3 }), async (chunks) => {
      await use.bothWays('given | csv(columns: ["a", "b"]) | countBy(.b)', chunks);
    }),
    { numRuns: 100 },
  );
  use.expectTaken('csv', 'countBy');
});

const lines = (count: number, of: (i: number) => string) =>
  Buffer.from(Array.from({ length: count }, (_, i) => `${of(i)}\n`).join(''));

test('more texts than one block has rows, and texts too long to be packed together, are all counted', async () => {
  const long = 'long'.repeat(30_000);
  for (const chunks of [
    [lines(10_000, (i) => `{"a":"${i % 3000}"}`), lines(10_000, (i) => `{"a":"client ${i % 7000}"}`)],
    [lines(3, () => `{"a":"${long}"}`), lines(3000, (i) => `{"a":"${i}"}`), lines(2, () => `{"a":"${long}"}`)],
    // From the first that is no text on all are groups.
    [lines(3000, (i) => `{"a":"${i}"}`), lines(1, () => '{"a":1}'), lines(5000, (i) => `{"a":"${i}"}`)],
  ]) {
    const program = 'given | json | countBy(.a)';
    const { records } = await new FastLaneUse().bothWays(program, chunks);
    expect(await takenOf(program, chunks)).toBe(`json ${records} | countBy ${records}`);
  }
});
