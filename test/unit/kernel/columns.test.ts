import fc from 'fast-check';
import { expect, test } from 'vitest';
import { few } from '../../support/effort.ts';
import { FastLaneUse, takenOf } from './both-ways.ts';

/** Lines that are mostly alike, so that many follow each other as rows, and among them all that ends such a run. */
const tidy = fc
  .record({
    ms: fc.oneof(fc.integer({ min: -3, max: 5000 }), fc.double({ min: 0, max: 100, noNaN: true })),
    status: fc.constantFrom(200, 200, 200, 404, 503),
    path: fc.constantFrom('/api/a', '/api/b', '/static/c', '', 'é', `/${'long'.repeat(20)}`),
    ok: fc.boolean(),
  })
  .map((fields) => JSON.stringify(fields));
const odd = fc.constantFrom(
  '{"ms":"slow","status":"200","path":7}',
  '{"status":null,"path":null}',
  '{"ms":9007199254740993,"status":9007199254740993,"path":"/api\\u002fa","ok":[1]}',
  '{"ms":{"a":1},"status":-0,"path":true,"ok":""}',
  '{"ms":1e400}',
  '{}',
  '[1]',
  'no JSON',
  '',
);
const lines = (odds: number) =>
  fc.oneof({ weight: 100 - odds, arbitrary: tidy }, { weight: odds, arbitrary: odd }).map((line) => `${line}\n`);
const chunk = (odds: number, maxLength: number) =>
  fc.array(lines(odds), { maxLength, size: 'max' }).map((all) => Buffer.from(all.join('')));

const value = fc.constantFrom('.status', '.ms', '.path', '.ok', '.missing');
const number = fc.constantFrom('500', '0', '200', '4.5', '-1');
const operator = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(value, operator, number).map((parts) => parts.join(' ')),
    fc.tuple(number, operator, value).map((parts) => parts.join(' ')),
    value,
    fc.constantFrom(
      '.path.startsWith("/api")',
      '.path == "/api/a"',
      '.path.includes("é") || .ok',
      '.ms + .status > 300',
      '.ms > .status',
      'len(.path) > 3',
      '.ms * 2 > 10',
      '.ok == true',
      '.status == .status',
      'now() > .ms',
    ),
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
      .map(([a, sign, b]) => `(${a}) ${sign} (${b})`),
    tie('condition').map((inner) => `!(${inner})`),
  ),
}));

const key = fc.constantFrom(
  '.status',
  '.path',
  '.ms',
  '.ok',
  'upper(.path)',
  '.path.slice(0, 4)',
  'floor(.ms / 1000)',
  '.status + .ms',
  '{a: .status, b: .ok}',
  '.missing',
  '.status >= 500',
  '.ok && .path',
);
const aggregates = fc
  .subarray([
    'n: count()',
    'sum: sum(.ms)',
    'mean: avg(.ms)',
    'p50: p50(.status)',
    'most: max(.ms)',
    'errors: sum(if(.status >= 500, 1, 0))',
    'first: first(.path)',
    'all: list(.status)',
    'paths: distinct(.path)',
    'spread: stddev(.ms)',
    'slow: count(.ms > 3000)',
    'some: count(.ok && .path)',
    'part: avg(.status >= 500)',
    'both: sum(.status >= 500 && !(.ms < 9))',
    'rate: sum(.ms) / count(.ok)',
    'best: max(.ms) - first(.status)',
  ])
  .map((named) => `{${named.length === 0 ? 'n: count()' : named.join(', ')}}`);
const end = fc.oneof(
  key.map((f) => `countBy(${f})`),
  fc.tuple(key, key).map(([f, g]) => `countBy(${f}, ${g})`),
  aggregates.map((named) => `groupBy({k: .path}, .ok, ${named})`),
  fc.tuple(key, aggregates).map(([f, named]) => `groupBy(${f}, ${named})`),
  aggregates.map((named) => `aggregate(${named})`),
  key.map((f) => `map(${f})`),
  fc.constantFrom('count', 'map([.status, .ms]) | reduceByKey(_ + _)'),
  // The whole record, after conditions on some of its fields.
  fc.constantFrom('print', 'countByValue', 'tap(.ms) | map(_)', 'take(3)'),
);
const after = fc.constantFrom('', '', ' | running', ' | window(2s)', ' | top(2)', ' | filter(_ != null) | count');
const program = fc.tuple(fc.array(condition, { maxLength: 2 }), end, after).map(([conditions, last, behind]) => {
  return `given | json ${conditions.map((f) => `| filter(${f}) `).join('')}| ${last}${behind}`;
});

test('conditions, keys and aggregates give the same of columns and of records, in their bad records too', async () => {
  const use = new FastLaneUse();
  await fc.assert(
    fc.asyncProperty(
      program,
      fc.constantFrom(1, 20, 60).chain((odds) => fc.array(chunk(odds, 60), { maxLength: 2 })),
      async (text, chunks) => {
        await use.bothWays(text, chunks);
      },
    ),
    { numRuns: 250 },
  );
  use.expectTaken('json', 'filter', 'countBy', 'groupBy', 'aggregate', 'count');
});

test('so do more lines than are rows of one block, and texts than are known by ids', async () => {
  const line = (i: number) =>
    i % 997 === 0 ? '{"ms":"slow","status":"x"}' : `{"ms":${i / 8},"status":${200 + (i % 3)},"path":"/p${i % 90_000}"}`;
  const chunks = [0, 1].map((part) => {
    return Buffer.from(Array.from({ length: 150_000 }, (_, i) => `${line(part * 150_000 + i)}\n`).join(''));
  });
  for (const [text, taken] of few(1, [
    [
      'filter(.status != 201 && .path.endsWith("7")) | groupBy(.status, {n: count(), mean: avg(.ms)})',
      'filter 300000 | groupBy 19980',
    ],
    ['countBy(.path) | top(5)', 'countBy 300000'],
    // 301 lines have a text where a number is wanted.
    ['filter(.ms * .status > 9000) | countBy(.status)', 'filter 299699 | countBy 299340'],
  ])) {
    const program = `given | json | ${text}`;
    await new FastLaneUse().bothWays(program, chunks);
    expect(await takenOf(program, chunks)).toContain(` | ${taken}`);
  }
});
