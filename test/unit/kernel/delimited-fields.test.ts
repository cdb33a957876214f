import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BadRecord } from '../../../src/base/problem.ts';
import { field, type Value } from '../../../src/base/value.ts';
import type { Cursor, Origin } from '../../../src/flow/define/chunk.ts';
import type { RunContext } from '../../../src/flow/define/context.ts';
import type { StageDefinition } from '../../../src/flow/define/stage.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { pushLines } from '../../../src/flow/framing/lines.ts';
import { fieldsInto } from '../../../src/flow/records/one-by-one.ts';
import { csv } from '../../../src/flow/stages/csv.ts';
import { tsv } from '../../../src/flow/stages/tsv.ts';
import { enough } from '../../support/effort.ts';
import { numberText } from '../../support/values.ts';
import { linesOf, mutated, wellFormed } from './projecting.ts';

interface Layout {
  readonly delimiter: string;
  readonly header: boolean | undefined;
  readonly columns: readonly string[] | undefined;
  readonly quotes: boolean;
  readonly types: Value;
}

/** Whole lines of one of a few files. */
interface Piece {
  readonly file: number;
  readonly lines: Buffer;
}

/** What came of lines, in order: records with the wanted fields alone, and what was bad, with where the cursor stood. */
function seenOf(
  { behaviour, faster }: StageDefinition,
  layout: Layout,
  names: readonly string[],
  pieces: readonly Piece[],
  kernel: boolean,
) {
  if (behaviour.kind !== 'step') throw new Error('no step');
  const seen: unknown[] = [];
  let whole = 0;
  const cursor: Cursor = { origin: null, line: 0, text: () => '' };
  const place = () => ({ file: cursor.origin?.name, line: cursor.line, text: cursor.text() });
  const run = {
    cursor,
    bad: ({ reason, detail }: BadRecord) => seen.push({ ...place(), reason, detail }),
    note: () => {},
  };
  const down: Step = {
    push(record: Value) {
      if (Object.keys(record as object).join() === names.join()) whole++;
      seen.push({ ...place(), gives: names.map((name) => field(record, name)) });
    },
    close() {},
    advance() {},
    finish() {},
  };
  const context = run as unknown as RunContext;
  const args = layout as never;
  const step = behaviour.create(args, context, down);
  const read = kernel ? faster!.fields!(args, step) : undefined;
  const take = read?.(fieldsInto(down, step, { names, byFilters: false }, cursor));
  const files: Origin[] = [0, 1].map((file) => ({ id: file, name: `file ${file}`, source: 0, lines: 0 }));
  for (const { file, lines } of pieces) {
    if (lines.length === 0) continue;
    const origin = files[file]!;
    Object.assign(cursor, { origin, line: origin.lines + 1 });
    if (take === undefined) pushLines(lines, cursor, (line) => step.push(line));
    else take(lines);
    origin.lines = cursor.line;
  }
  Object.assign(cursor, { origin: null, text: () => '' });
  step.finish({ time: 0 });
  return { seen, whole };
}

const NAMES = ['a', 'b', 'total', 'column3', 'a_2', 'absent', '__proto__'];

const number = fc.oneof(
  numberText,
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => JSON.stringify(x)),
  fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
  fc.constantFrom(
    '0',
    '-0',
    '007',
    '+1',
    '.5',
    '1.',
    '1e5',
    '1e',
    '1E+2',
    '1e100',
    '1e999',
    '1e-400',
    '-',
    '--1',
    '12-3',
    '1 ',
  ),
  fc.constantFrom('9007199254740991', '9007199254740992', '-9007199254740993', '123456789012345678', '0x10', '1_000'),
  fc.integer({ min: 195, max: 205 }).map((length) => '1'.repeat(length)),
  fc.integer({ min: 195, max: 205 }).map((length) => `0.${'3'.repeat(length)}`),
);

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '1', '"', ',', ';', '\t', ' ', '\\', '\r', 'é', '\u{1f600}'), maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 8 }).map(wellFormed),
  fc.constantFrom('', '', 'x', 'null', 'true', '\ufeff', '\u00a0', 'x'.repeat(70)),
);

const quoted = fc
  .oneof(text, number, fc.constant('a\nb'), fc.constant('\n'))
  .map((content) => `"${content.replaceAll('"', '""')}"`);

const cell = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 4, arbitrary: text },
  { weight: 3, arbitrary: quoted },
  fc.constantFrom('"', '""', '"""', '"a"b', '"a" ', ' "a"', 'a"b', '"a', 'b"'),
);

const delimiters = fc.constantFrom(',', ',', ';', '\t', '|', ' ', '\u0000', '||', 'é', '1', '.', 'e');

const header = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(['a', 'b', 'total'], ['total', 'a'], ['b', 'a', '', 'a']) },
  fc.array(fc.oneof(fc.constantFrom(...NAMES), cell), { maxLength: 5 }),
);

const layout = fc.record({
  delimiter: delimiters,
  header: fc.constantFrom(undefined, undefined, true, false),
  columns: fc.constantFrom(undefined, undefined, ['a', 'b', 'total'], ['b'], []),
  quotes: fc.constantFrom(true, true, false),
  types: fc.constantFrom<Value>(true, true, false, { a: 'text' }, { b: 'text', total: 'text' }),
});

/** Lines with either end, that may cut rows in two. */
function fileOf(delimiter: string): fc.Arbitrary<Buffer[]> {
  const row = fc.array(cell, { minLength: 1, maxLength: 5 }).map((cells) => cells.join(delimiter));
  const plain = fc
    .array(fc.oneof(number, fc.constantFrom('x', 'y', '', '"q, r"')), { minLength: 2, maxLength: 3 })
    .map((cells) => cells.join(delimiter));
  const line = fc.oneof(
    { weight: 4, arbitrary: plain },
    { weight: 3, arbitrary: row },
    { weight: 2, arbitrary: mutated(row, ['', '"', delimiter, '\n', '\r', ' ']) },
    fc.constantFrom('', '', '\r'),
  );
  const lines = linesOf(line);
  const first = fc
    .tuple(header, fc.constantFrom('', '', '', '\ufeff', '\n'), fc.constantFrom('\n', '\n', '\r\n'))
    .map(([names, before, end]) => Buffer.from(before + names.join(delimiter) + end));
  return fc.tuple(first, fc.array(lines, { maxLength: 3 })).map(([head, rest]) => [head, ...rest]);
}

const cases = layout.chain((given) =>
  fc.record({
    given: fc.constant(given),
    pieces: fc
      .tuple(fileOf(given.delimiter), fileOf(given.delimiter), fc.array(fc.boolean(), { maxLength: 8 }))
      .map(([one, other, order]) => inTurns(one, other, order)),
    names: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 4 }),
  }),
);

/** The pieces of two files in an order, each file's in its own; only the last of a file may end without a line's end. */
function inTurns(one: Buffer[], other: Buffer[], order: readonly boolean[]): Piece[] {
  const left = [[...one], [...other]];
  const pieces: Piece[] = [];
  const takeFrom = (file: number) => {
    const lines = left[file]!.shift();
    if (lines === undefined) return;
    const isWhole = left[file]!.length === 0 || lines.length === 0 || lines.at(-1) === 10;
    pieces.push({ file, lines: isWhole ? lines : Buffer.concat([lines, Buffer.from('\n')]) });
  };
  for (const isOther of order) takeFrom(isOther ? 1 : 0);
  while (left[0]!.length > 0) takeFrom(0);
  while (left[1]!.length > 0) takeFrom(1);
  return pieces;
}

test('what is read of columns is what the row form has of them, with the same bad rows in the same order', () => {
  let whole = 0;
  fc.assert(
    fc.property(cases, ({ given, pieces, names }) => {
      const result = seenOf(csv, given, names, pieces, true);
      expect(result.seen).toEqual(seenOf(csv, given, names, pieces, false).seen);
      whole += result.whole;
    }),
    { numRuns: 400 },
  );
  expect(whole).toBeGreaterThan(enough(200));
});

test('tab-separated rows are read so too', () => {
  const given = { delimiter: '\t', header: undefined, columns: undefined, quotes: true, types: true };
  fc.assert(
    fc.property(fileOf('\t'), fc.subarray(NAMES), (lines, names) => {
      const pieces = inTurns(lines, [], []);
      expect(seenOf(tsv, given, names, pieces, true).seen).toEqual(seenOf(csv, given, names, pieces, false).seen);
    }),
    { numRuns: 100 },
  );
});

test('a row over very many lines is left to the row form until it ends, and read on from there', () => {
  const given = { delimiter: ',', header: undefined, columns: undefined, quotes: true, types: true };
  const inside = Array.from({ length: 5000 }, (_, i) => `${i},"",${i}\n`).join('');
  const rows = Array.from({ length: 5000 }, (_, i) => `${i},${i * 2}\n`).join('');
  const pieces = [
    { file: 0, lines: Buffer.from(`a,b\n${rows}"${inside}",7\n${rows}"${`${'x'.repeat(99)}\n`.repeat(11_000)}1,2\n`) },
  ];
  const { seen } = seenOf(csv, given, ['b', 'a'], pieces, true);
  const other = seenOf(csv, given, ['b', 'a'], pieces, false).seen;
  expect(seen.length).toBe(other.length);
  for (const [i, one] of seen.entries()) expect(one).toEqual(other[i]);
});
