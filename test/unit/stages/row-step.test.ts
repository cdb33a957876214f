import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equal } from '../../../src/base/compare.ts';
import type { BadRecord } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import type { Cursor, Origin } from '../../../src/flow/define/chunk.ts';
import type { RunContext } from '../../../src/flow/define/context.ts';
import type { OriginStep } from '../../../src/flow/define/step.ts';
import { rowStep } from '../../../src/flow/parsing/row-step.ts';
import { enough, isLong, tries } from '../../support/effort.ts';

const layouts = fc.constantFrom(
  { header: undefined, columns: undefined },
  { header: true, columns: ['x', 'y'] },
  { header: undefined, columns: ['x', 'y'] },
  { header: false, columns: undefined },
);

/** One thread: a step, and what came of the lines that it was given. */
class Thread {
  readonly seen: unknown[] = [];
  readonly step: OriginStep;
  private readonly cursor: Cursor = { origin: null, line: 0, text: () => '' };

  constructor(layout: { header: boolean | undefined; columns: readonly string[] | undefined }, linesBefore = 0) {
    const place = () => ({ line: this.cursor.line + linesBefore, text: this.cursor.text() });
    const bad = ({ reason, detail }: BadRecord) => this.seen.push({ ...place(), reason, detail });
    const push = (record: Value) => this.seen.push({ ...place(), record });
    const down = { push, close() {}, advance() {}, finish() {} };
    const run = { cursor: this.cursor, bad } as unknown as RunContext;
    this.step = rowStep({ delimiter: ',', quotes: true, types: true, ...layout }, run, down);
  }

  read(origin: Origin, lines: readonly string[]): void {
    for (const line of lines) {
      Object.assign(this.cursor, { origin, line: ++origin.lines, text: () => line });
      this.step.push(line);
    }
  }

  finish(): void {
    Object.assign(this.cursor, { origin: null, text: () => '' });
    this.step.finish({ time: 0 });
  }
}

const newOrigin = (): Origin => ({ id: 0, name: 'a.csv', source: 0, lines: 0 });

const line = fc.constantFrom(
  'x,y',
  '1,2',
  'b,c',
  '',
  '1',
  '1,2,3',
  '"a","b"',
  '"a',
  'b"',
  'c",d',
  '"a"b',
  '"a"b",3',
  'a"',
  'x",4',
  'say "so" now',
  '5,"c"',
  '"",""',
  'p,"q',
  '""',
);

test('what is remembered at a cut leads on to what comes of all lines, and a guess that is equal is as good', () => {
  let guessed = 0;
  fc.assert(
    fc.property(layouts, fc.array(line, { minLength: 1, maxLength: 12 }), fc.nat(), (layout, lines, cut) => {
      const at = 1 + (cut % lines.length);
      const whole = new Thread(layout);
      whole.read(newOrigin(), lines);
      whole.finish();

      const first = new Thread(layout);
      const origin = newOrigin();
      first.read(origin, lines.slice(0, at));
      const memory = structuredClone(first.step.recall(origin));
      const guess = first.step.guess(lines[0]!, [])?.memory;

      // The second thread counts lines from its own first one, as does what it remembers.
      const second = new Thread(layout, at);
      const part = newOrigin();
      const isGuessed = guess !== undefined && equal(guess, memory);
      if (isGuessed) guessed++;
      second.step.resume(part, isGuessed ? guess : memory, isGuessed ? 0 : -at);
      second.read(part, lines.slice(at));
      const behind = structuredClone(second.step.recall(part));

      // Whoever has the parts put together goes on where the second one ended.
      const last = new Thread(layout);
      last.step.resume(newOrigin(), behind, at);
      last.finish();
      expect([...first.seen, ...second.seen, ...last.seen]).toEqual(whole.seen);
    }),
    { numRuns: 1000 },
  );
  expect(guessed).toBeGreaterThan(enough(100));
});

/** What comes of a file of two columns. */
function read(lines: readonly string[]) {
  const thread = new Thread({ header: undefined, columns: undefined });
  thread.read(newOrigin(), ['x,y', ...lines]);
  thread.finish();
  const rows = thread.seen.flatMap((seen) =>
    'record' in (seen as object) ? [(seen as { record: Value }).record] : [],
  );
  return { rows, bads: thread.seen.filter((seen) => 'reason' in (seen as object)) };
}

const single = fc.constantFrom('one', 'two words', 'a, b', 'it said ""no""', '5', '');
const several = fc.oneof(single, fc.constantFrom('of\ntwo lines', 'a\n\nb c\nd'));

function tableOf(text: fc.Arbitrary<string>) {
  const cell = fc.oneof(
    text.map((content) => `"${content}"`),
    fc.constantFrom('plain', '7', ''),
  );
  const row = fc.tuple(cell, cell).map((cells) => cells.join(','));
  return fc.array(row, { minLength: 6, maxLength: 12 });
}

/** The rows of a table in which one quote was put in or left out, beside those of the table as it was. */
function damage(rows: readonly string[], which: number, place: number, isStray: boolean) {
  const hit = rows[which]!;
  const quotes = [...hit.matchAll(/"/g)].map(({ index }) => index);
  fc.pre(isStray || quotes.length > 0);
  const at = isStray ? place % (hit.length + 1) : quotes[place % quotes.length]!;
  const torn = isStray ? `${hit.slice(0, at)}"${hit.slice(at)}` : hit.slice(0, at) + hit.slice(at + 1);
  // A quote may also make another text.
  fc.pre(read(torn.split('\n')).bads.length > 0);
  const linesOf = (table: readonly string[]) => table.flatMap((row) => row.split('\n'));
  const textsOf = (lines: readonly string[]) => read(lines).rows.map((record) => JSON.stringify(record));
  const whole = textsOf(linesOf(rows));
  const given = textsOf(linesOf(rows.with(which, torn)));
  return {
    made: given.filter((record) => !whole.includes(record)).length,
    lost: whole.filter((record) => !given.includes(record)).length,
  };
}

const damaged = (text: fc.Arbitrary<string>) =>
  fc.tuple(tableOf(text), fc.integer({ min: 0, max: 2 }), fc.nat(), fc.boolean());

test('a stray or missing quote costs the row of a line that it stands in, and makes no other', () => {
  fc.assert(
    fc.property(damaged(single), (given) => {
      const { made, lost } = damage(...given);
      expect(made).toBe(0);
      expect(lost).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1000 },
  );
});

test('where texts go over lines, it costs few rows more, and what is made of the rest of such a text is rare', () => {
  let strays = 0;
  let madeOfStrays = 0;
  let all = 0;
  let allLost = 0;
  fc.assert(
    fc.property(damaged(several), (given) => {
      const { made, lost } = damage(...given);
      // The lines of a text that was never closed are read as rows.
      if (given[3]) {
        strays++;
        madeOfStrays += made;
      }
      expect(made).toBeLessThanOrEqual(3);
      all++;
      allLost += lost;
    }),
    { numRuns: tries(1000, 10_000) },
  );
  // Of a few tries shares say little: of 1,000 the first was 0.10 to 0.15.
  if (!isLong) return;
  expect(madeOfStrays / strays).toBeLessThan(0.15);
  expect(allLost / all).toBeLessThan(1.3);
});

test('a quote that is never closed costs one row in a table of any length, and says how many lines it looked at', () => {
  const rows = Array.from({ length: 5000 }, (_, i) => `${i},plain`);
  const { rows: given, bads } = read(rows.with(1000, '1000,"open'));
  expect(given).toHaveLength(4999);
  expect(bads).toEqual([
    {
      line: 1002,
      text: '1000,"open',
      reason: 'a quoted field is not closed',
      detail: 'in 1,000 lines; reading goes on with its second line',
    },
  ]);
});

test('rows that are given up line after line cost no more than a few readings of each line', () => {
  // Each line opens a field, cannot be told from the inside of one, and closes none.
  const lines = Array.from({ length: 30_000 }, () => 'a"b,"c');
  const { rows, bads } = read(lines);
  expect(rows.length + bads.length).toBeGreaterThan(1);
}, 20_000);

test('a line that could not be read leaves a hole in a row, which is bad', () => {
  const thread = new Thread({ header: undefined, columns: undefined });
  const file = newOrigin();
  thread.read(file, ['x,y', '1,"a']);
  file.lines++;
  file.lost = { count: 1, reason: 'not valid UTF-8' };
  thread.read(file, ['b"', '2,c']);
  thread.finish();
  expect(thread.seen).toMatchObject([
    { reason: 'a line of the row could not be read', text: '1,"a\nb"' },
    { record: { x: 2, y: 'c' } },
  ]);
});

test('the header is in the first line of a file that is read from further behind', () => {
  const thread = new Thread({ header: undefined, columns: undefined });
  thread.read({ ...newOrigin(), firstLine: 'a,"b, c"' }, ['1,2']);
  thread.read({ ...newOrigin(), firstLine: 'a,"b' }, ['c"', '1,2']);
  const bad = { reason: 'the header could not be read' };
  expect(thread.seen).toMatchObject([{ record: { a: expect.anything(), 'b, c': expect.anything() } }, bad, bad]);
});
