import fc from 'fast-check';
import { test } from 'vitest';
import { ProgramError } from '../../../src/base/problem.ts';
import { numberText } from '../../support/values.ts';
import { FastLaneUse } from './both-ways.ts';
import { jsonLines } from './json-lines.ts';
import { linesOf } from './projecting.ts';

const lambda = fc.constantFrom(
  '.a',
  '.status',
  '.b.a',
  '.b.a.b',
  '.b.status + .b.a_longer_name',
  '.b.length',
  '.b != null',
  '.b.a == null',
  '[.b.a, .b.b, .a]',
  '.b.status > 200',
  '_["a_longer_name"]',
  'x => x.status',
  '.b',
  'len(.a_longer_name)',
  '.length',
  '.a + 1',
  '.a == "1"',
  '.status == .b',
  '.a == 1',
  '.status < .a',
  '[.a, .b]',
);
const step = fc.oneof(
  lambda.map((f) => `filter(${f})`),
  lambda.map((f) => `filter((${f.replace(/^x => x/, '')}) != null)`),
  lambda.map((f) => `tap(${f})`),
  fc.constant('sample(0.7)'),
  fc.constantFrom('map(.b)', 'map(.b) | filter(_ != null)', 'map(.b.a)', 'filter(_ != null)'),
  fc.constantFrom(
    'drop(.a)',
    'drop(.status, .b)',
    'drop(.b.a, .a)',
    'pick(.a, .b, .status)',
    'pick(.status, .b.a, .a_longer_name)',
    'rename({status: .a})',
    'rename({a: .b, b: .a})',
    'rename({b: .a, status: .b})',
    'rename({a: .c, other: .status})',
    'rename({a: .b.a})',
    'set({a: .status, other: 1})',
    'set({status: .a + 1})',
    'explode(.b)',
  ),
);
const end = fc.oneof(
  lambda.map((f) => `map(${f})`),
  lambda.map((f) => `countBy(${f})`),
  lambda.map((f) => `groupBy(${f}, {n: count(), sum: sum(.a), most: max(.status), all: list(.b)})`),
  fc.constantFrom(
    'count',
    'aggregate({n: count(), mean: avg(.status)})',
    'map({a: .a, b: .b, rest: [.status, .a_longer_name]})',
    'map({a: .b.a, rest: [.b.status, .b.b.a]})',
    'map(.b) | filter(_ != null) | pick(.a, .status)',
    'map(.b) | pick(.b, .a) | map({..._, c: 1})',
    'map(.b) | groupBy(.a, {n: count(), sum: sum(.status), all: list(.b), some: count(.a != null)})',
    'map(.b) | filter(_ == null || .status) | count',
    'map(.b) | map(.a) | filter(_ != null) | countBy(.b)',
    'map(.b) | window(2s, on: .a) | groupBy(.status, {n: count()})',
    `map(\`\${.a} \${.status}\`)`,
    'window(2s, on: .a) | groupBy(.status, {n: count()})',
    'map(_)',
    'flatMap([.a, .b])',
    'sortBy(.a)',
    'map(.a) | distinct',
    'groupBy(.a, {n: distinct(.b), all: set(.status), most: top(2, .status), least: min(.b)})',
    'map([.a, .status * 2])',
    'map(.a) | top(3)',
    'pick(.status, .a) | countByValue',
    'pick(.b, .a, .status) | groupBy(.a, {all: list(_), most: max(_)})',
    'pick(.a, .b) | filter(.b != null) | groupBy([_, .a], {n: count()})',
    'pick(.a_longer_name, .a) | aggregate({first: first(_), some: set(_), last: last(_)})',
    'rename({b: .a}) | drop(.status) | countByValue',
  ),
);
const programs = (parser: string) =>
  fc.oneof(
    fc
      .tuple(step, end, end)
      .map(
        ([first, one, other]) => `let read = given; read | ${parser} | ${first} | ${one}; read | ${parser} | ${other}`,
      ),
    fc
      .tuple(fc.array(step, { maxLength: 2 }), end)
      .map(([steps, last]) => ['given', parser, ...steps, last].join(' | ')),
    fc
      .tuple(step, end, end)
      .map(([first, one, other]) => `let all = given | ${parser} | ${first}; all | ${one}; all | ${other}`),
  );

const text = fc.oneof(
  fc.constantFrom('1', '-2.5', '12345678901234567890', 'x', 'é', '', '1e999', '0x', 'long '.repeat(20)),
  fc.constantFrom('1.0', '1.10', '1.1', '-0', '0.0', '1e3', '12345678901234567.1'),
  numberText,
);

const row = fc.array(
  fc.oneof(
    text,
    text.map((given) => `"${given}"`),
    fc.constantFrom('"a""b"', '"a', 'b"', '"c\nd"'),
  ),
  {
    minLength: 3,
    maxLength: 5,
  },
);
const csvLines = linesOf(
  fc.oneof(
    fc.constant('status,a,b,a_longer_name'),
    row.map((cells) => cells.join(',')),
  ),
);

const member = fc
  .tuple(fc.constantFrom('a', 'b', 'status', 'a_longer_name', 'c'), text)
  .map((parts) => parts.join('='));
const logfmtLines = linesOf(
  fc
    .array(fc.oneof(member, fc.constantFrom('a', 'b="x y"', 'a="\\""', '"')), { maxLength: 5 })
    .map((members) => members.join(' ')),
);

const asksForNoField = (error: unknown) =>
  error instanceof ProgramError && error.problems.every(({ label }) => label === 'no such field');

test.each([
  ['json', jsonLines, 100],
  ['csv', csvLines, 80],
  ['csv(types: false)', csvLines, 40],
  ['filter(_.includes("a")) | csv', csvLines, 40],
  ['csv(types: {a_longer_name: "text"})', csvLines, 40],
  ['logfmt', logfmtLines, 80],
  ['logfmt(types: {a_longer_name: "text"})', logfmtLines, 40],
])(
  'a program gives the same with kernels and without, in its output, its bad records and what it shows: %s',
  async (parser, lines, numRuns) => {
    const use = new FastLaneUse();
    await fc.assert(
      fc.asyncProperty(programs(parser), fc.array(lines, { maxLength: 2 }), async (text, chunks) => {
        // A last line without an end can only come last.
        const whole = chunks.map((chunk) =>
          chunk.length === 0 || chunk.at(-1) === 10 ? chunk : Buffer.concat([chunk, Buffer.from('\n')]),
        );
        try {
          await use.bothWays(text, whole);
        } catch (error) {
          // Stages are put together at random: a field that is not there behind `pick` is a mistake of the program.
          fc.pre(!asksForNoField(error));
          throw error;
        }
      }),
      { numRuns },
    );
    use.expectTaken(/json|csv|logfmt/.exec(parser)![0]);
  },
);

const ofItems = fc.constantFrom(
  '_[0]',
  '_[1]',
  'x => x[2]',
  'number(_[1])',
  '_[0] + _[2]',
  '_[1] > "3"',
  'number(_[1]) > 3',
  '_[1] == "3"',
  '_[2] != null',
  'upper(_[0])',
  '_[0].length',
  '_[3][0]',
  '[_[0], _[1]]',
  '{a: _[1], b: _[0]}',
);
const items = fc
  .tuple(
    fc.constantFrom(';', ',', '"', '1', ' '),
    fc.array(ofItems, { maxLength: 2 }),
    fc.oneof(
      ofItems.map((f) => `map(${f})`),
      ofItems.map((f) => `countBy(${f})`),
      ofItems.map(
        (f) =>
          `groupBy(${f}, {n: count(), sum: sum(number(_[1])), mean: avg(number(_[2])), least: min(number(_[1])), most: max(_[1]), some: count(_[2] != null)})`,
      ),
      fc.constantFrom('count', 'print', 'countByValue', 'map(_[1]) | filter(_ != null) | count', 'map(_.length)'),
    ),
  )
  .map(([sign, conditions, last]) =>
    ['given', `map(_.split(${JSON.stringify(sign)}))`, ...conditions.map((f) => `filter(${f})`), last].join(' | '),
  );
const itemLines = linesOf(
  fc
    .tuple(fc.constantFrom(';', ';', ',', '"'), fc.array(text, { maxLength: 5 }))
    .map(([sign, parts]) => parts.join(sign)),
);

test('so do items of lines that are split', async () => {
  const use = new FastLaneUse();
  await fc.assert(
    fc.asyncProperty(items, fc.array(itemLines, { maxLength: 2 }), async (program, chunks) => {
      const whole = chunks.map((chunk) =>
        chunk.length === 0 || chunk.at(-1) === 10 ? chunk : Buffer.concat([chunk, Buffer.from('\n')]),
      );
      await use.bothWays(program, whole);
    }),
    { numRuns: 120 },
  );
  use.expectTaken('map', 'countBy', 'groupBy');
});
