import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import type { Cursor, Origin } from '../../../src/flow/define/chunk.ts';
import type { RunContext } from '../../../src/flow/define/context.ts';
import { type MultilineArguments, multilineStep } from '../../../src/flow/parsing/multiline-step.ts';
import { Pattern } from '../../../src/flow/pattern/pattern.ts';

/** A step, and what came of the lines that it was given, with the lines in which it begins. */
class Reading {
  readonly records: (readonly [line: number, record: Value])[] = [];
  readonly bad: number[] = [];
  readonly step: ReturnType<typeof multilineStep>;
  private readonly cursor: Cursor = { origin: null, line: 0, text: () => '' };

  constructor(args: Partial<MultilineArguments>) {
    const { cursor } = this;
    const run = { cursor, now: () => 0, bad: () => this.bad.push(cursor.line) } as unknown as RunContext;
    const push = (record: Value) => this.records.push([cursor.line, record]);
    const all = { start: undefined, continue: undefined, end: undefined, flush: 1000, maxLine: 1e6, ...args };
    this.step = multilineStep(all, run, { push, close() {}, advance() {}, finish() {} });
  }

  read(origin: Origin, lines: readonly string[]): this {
    for (const line of lines) {
      Object.assign(this.cursor, { origin, line: ++origin.lines, text: () => line });
      this.step.push(line);
    }
    return this;
  }

  finish(): this {
    this.step.finish({ time: 0 });
    return this;
  }
}

const newOrigin = (): Origin => ({ id: 0, name: 'a.log', source: 0, lines: 0 });

const line = fc.constantFrom('1 a', '2 b;', ' c', '', ' d;', 'e');

/** As it is said: text that is cut in front of what begins a record, and behind what ends one. */
function model(lines: readonly string[], begins: (line: string) => boolean, ends: (line: string) => boolean) {
  const records: string[][] = [];
  let isOver = true;
  for (const text of lines) {
    if (isOver || begins(text)) records.push([]);
    records.at(-1)!.push(text);
    isOver = ends(text);
  }
  return records.map((record) => record.join('\n'));
}

const ways: readonly (readonly [Partial<MultilineArguments>, (line: string) => boolean, (line: string) => boolean])[] =
  [
    [{ start: new Pattern('^\\d') }, (text) => /^\d/.test(text), () => false],
    [{ continue: new Pattern('^( |$)') }, (text) => !/^( |$)/.test(text), () => false],
    [{ end: new Pattern(';$') }, () => false, (text) => text.endsWith(';')],
    [{ start: new Pattern('^\\d'), end: new Pattern(';$') }, (text) => /^\d/.test(text), (text) => text.endsWith(';')],
  ];

test('lines are put together as the patterns say, each record told with the line where it begins', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ways), fc.array(line), ([args, begins, ends], lines) => {
      const { records } = new Reading(args).read(newOrigin(), lines).finish();
      expect(records.map(([, record]) => record)).toEqual(model(lines, begins, ends));
      for (const [at, record] of records)
        expect(
          lines
            .slice(at - 1)
            .join('\n')
            .startsWith(String(record)),
        ).toBe(true);
    }),
  );
});

test('what goes on from what was remembered is what would have gone on, also as a file that has lines before', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ways), fc.array(line), fc.nat(20), fc.nat(9), ([args], lines, at, before) => {
      const short = { ...args, maxLine: 8 };
      const whole = new Reading(short).read(newOrigin(), lines).finish();
      const origin = newOrigin();
      const first = new Reading(short).read(origin, lines.slice(0, at));
      const second = new Reading(short);
      const moved = { ...newOrigin(), lines: origin.lines + before };
      second.step.resume(moved, structuredClone(first.step.recall(origin)), before);
      second.read(moved, lines.slice(at)).finish();
      const shifted = second.records.map(([number, record]) => [number - before, record]);
      expect([...first.records, ...shifted]).toEqual(whole.records);
      expect([...first.bad, ...second.bad.map((number) => number - before)]).toEqual(whole.bad);
    }),
  );
});

test('each origin has its own records, and those of one that ends come out', () => {
  const [a, b] = [newOrigin(), newOrigin()];
  const reading = new Reading(ways[0]![0]).read(a, ['1 a']).read(b, ['2 b']).read(a, [' x']).read(b, [' y']);
  reading.step.ended?.(b);
  expect(reading.records).toEqual([[1, '2 b\n y']]);
  expect(reading.finish().records.at(-1)).toEqual([1, '1 a\n x']);
});
