import fc from 'fast-check';
import { expect, test } from 'vitest';
import { enough } from '../../support/effort.ts';
import { FastLaneUse, run } from './both-ways.ts';

const value = fc.constantFrom(
  '1',
  '2.5',
  '"1"',
  '"x"',
  '"true"',
  'true',
  'false',
  'null',
  '[1]',
  '{"a":1}',
  '12345678901234567890',
);
const line = fc.record({ a: value, b: value }, { requiredKeys: [] }).map(
  (fields) =>
    `{${Object.entries(fields)
      .map(([name, text]) => `"${name}":${text}`)
      .join(',')}}`,
);
const operator = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
const field = fc.constantFrom('.a', '.b', '.a.a', '_["b"]', '(.a ?? 0)', 'if(.a == 1, .a, .b)');
const constant = fc.constantFrom('1', '"1"', '"x"', 'true', '"true"', 'null');
// What is known ahead to be never true is a mistake of the program.
const condition = fc
  .oneof(fc.tuple(field, operator, fc.oneof(field, constant)), fc.tuple(constant, operator, field))
  .map((parts) => parts.join(' '));
const conditions = fc.oneof(
  condition,
  fc.tuple(condition, fc.constantFrom('&&', '||'), condition).map((parts) => parts.join(' ')),
  condition.map((text) => `!(${text})`),
);
// Some want whole records, and some have rows come back, which conditions have seen by then.
const end = fc.constantFrom(
  'count',
  'countBy(.b)',
  'map(.a)',
  'map(_)',
  'groupBy(.b, {n: count(), s: sum(.a)})',
  'aggregate({n: sum(if(.a > 1, 1, 0)), s: sum(-.b)})',
  'countBy(.b < 1 && -.a)',
);

test('rows and columns tell the same of comparisons of two types', async () => {
  let told = 0;
  const use = new FastLaneUse();
  await fc.assert(
    fc.asyncProperty(conditions, end, fc.array(line, { minLength: 1, maxLength: 30 }), async (text, last, lines) => {
      const program = `given | json | filter(${text}) | ${last}`;
      const chunks = [Buffer.from(`${lines.join('\n')}\n`)];
      const outcome = await use.bothWays(program, chunks);
      if (outcome.told.some((note) => note.includes('is compared with'))) told++;
    }),
    { numRuns: 400 },
  );
  expect(told).toBeGreaterThan(enough(40));
  use.expectTaken('json', 'filter', 'countBy', 'groupBy', 'count');
});

test('an odd value among many is not told, a part of them is', async () => {
  const program = 'given | json | filter(.ms > 10) | count';
  const lines = (texts: number) =>
    Array.from({ length: 20_000 }, (_, i) => `{"ms":${i < texts ? '"n/a"' : i}}`).join('\n');
  for (const kernels of [true, false]) {
    const few = await run(program, [Buffer.from(`${lines(500)}\n`)], kernels);
    expect(few.told).toEqual([]);
    const many = await run(program, [Buffer.from(`${lines(5000)}\n`)], kernels);
    expect(many.told).toEqual(['.ms is a text ("n/a") and is compared with a number (10), which is never true']);
  }
});

test('a text that comes again counts each time', async () => {
  const lines = Array.from({ length: 4000 }, (_, i) => `{"ms":${i % 2 === 0 ? '"7"' : i}}`).join('\n');
  const outcome = await new FastLaneUse().bothWays('given | json | filter((.ms ?? 0) > 5) | count', [
    Buffer.from(`${lines}\n`),
  ]);
  expect(outcome.compared).toEqual([{ count: 2000, hasSame: true, left: '7', right: 5 }]);
});
