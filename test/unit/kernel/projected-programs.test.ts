import fc from 'fast-check';
import { expect, test } from 'vitest';
import { run } from './both-ways.ts';
import { jsonLines } from './json-lines.ts';

const lambda = fc.constantFrom(
  '.a',
  '.status',
  '.b.a',
  '_["a_longer_name"]',
  'x => x.status',
  '.b',
  'len(.a_longer_name)',
  '.length',
  '.a + 1',
);
const step = fc.oneof(
  lambda.map((f) => `filter(${f})`),
  lambda.map((f) => `filter((${f.replace(/^x => x/, '')}) != null)`),
  lambda.map((f) => `tap(${f})`),
  fc.constant('sample(0.7)'),
);
const end = fc.oneof(
  lambda.map((f) => `map(${f})`),
  lambda.map((f) => `countBy(${f})`),
  lambda.map((f) => `groupBy(${f}, {n: count(), sum: sum(.a), most: max(.status), all: list(.b)})`),
  fc.constantFrom(
    'count',
    'aggregate({n: count(), mean: avg(.status)})',
    'map({a: .a, b: .b, rest: [.status, .a_longer_name]})',
    `map(\`\${.a} \${.status}\`)`,
    'window(2s, on: .a) | groupBy(.status, {n: count()})',
    'map(_)',
    'flatMap([.a, .b])',
    'sortBy(.a)',
  ),
);
const program = fc.oneof(
  fc
    .tuple(step, end, end)
    .map(([first, one, other]) => `let read = given; read | json | ${first} | ${one}; read | json | ${other}`),
  fc.tuple(fc.array(step, { maxLength: 2 }), end).map(([steps, last]) => ['given', 'json', ...steps, last].join(' | ')),
  fc
    .tuple(step, end, end)
    .map(([first, one, other]) => `let all = given | json | ${first}; all | ${one}; all | ${other}`),
);

test('a program gives the same with kernels and without, in its output, its bad records and what it shows', async () => {
  await fc.assert(
    fc.asyncProperty(program, fc.array(jsonLines, { maxLength: 2 }), async (text, chunks) => {
      // A last line without an end can only come last.
      const whole = chunks.map((chunk) =>
        chunk.length === 0 || chunk.at(-1) === 10 ? chunk : Buffer.concat([chunk, Buffer.from('\n')]),
      );
      expect(await run(text, whole, true)).toEqual(await run(text, whole, false));
    }),
    { numRuns: 120 },
  );
});
