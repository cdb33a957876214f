import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson, toJson } from '../../../src/base/json.ts';
import type { BadRecord } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import type { Cursor, Origin } from '../../../src/flow/define/chunk.ts';
import type { RunContext } from '../../../src/flow/define/context.ts';
import type { OriginStep } from '../../../src/flow/define/step.ts';
import { jsonStep } from '../../../src/flow/parsing/json-step.ts';
import { enough } from '../../support/effort.ts';

/** A step, and what came of the lines that it was given. */
class Reading {
  readonly values: Value[] = [];
  readonly bad: { line: number; text: string; reason: string }[] = [];
  readonly places: number[] = [];
  readonly step: OriginStep;
  private readonly cursor: Cursor = { origin: null, line: 0, text: () => '' };

  constructor(items = false) {
    const { cursor } = this;
    const run = {
      cursor,
      bad: ({ reason }: BadRecord) => this.bad.push({ line: cursor.line, text: cursor.text(), reason }),
      note() {},
    } as unknown as RunContext;
    const push = (value: Value) => {
      this.values.push(value);
      this.places.push(cursor.line);
    };
    this.step = jsonStep({ items }, run, { push, close() {}, advance() {}, finish() {} });
  }

  read(origin: Origin, lines: readonly string[]): this {
    for (const line of lines) {
      Object.assign(this.cursor, { origin, line: ++origin.lines, text: () => line });
      this.step.push(line);
    }
    return this;
  }

  finish(): this {
    Object.assign(this.cursor, { origin: null, text: () => '' });
    this.step.finish({ time: 0 });
    return this;
  }
}

const newOrigin = (): Origin => ({ id: 0, name: 'a.json', source: 0, lines: 0 });

const values = fc
  .jsonValue({ maxDepth: 3, stringUnit: fc.constantFrom('a', '"', '\\', '{', ']', ',', '\n', 'é') })
  .map((value) => toJson(parseJson(JSON.stringify(value))));

/** A value as it is printed by some program, over lines or not. */
const printed = fc
  .tuple(values, fc.constantFrom<number | string>(0, 0, 1, 2, 4, '\t'), fc.boolean())
  .map(([text, indent, isLoose]) => {
    const pretty = JSON.stringify(JSON.parse(text), undefined, indent);
    return isLoose ? pretty.replaceAll('\n', '\n\n') : pretty;
  });

const isClosed = (text: string) => /["\]}]$/.test(text);

test('values are read however they are laid out, with the line that each begins in', () => {
  let overLines = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(printed, fc.constantFrom('\n', '\n\n', ' ', '')), { maxLength: 6 }), (parts) => {
      const text = parts.map(([part, gap]) => part + (gap === '' && !isClosed(part) ? ' ' : gap)).join('');
      const reading = new Reading().read(newOrigin(), text.split('\n')).finish();
      expect(reading.bad).toEqual([]);
      expect(reading.values.map(toJson)).toEqual(parts.map(([part]) => toJson(parseJson(part))));
      overLines += reading.places.length > 0 && text.includes('\n') ? 1 : 0;
    }),
  );
  expect(overLines).toBeGreaterThan(enough(20));
});

test('items of lists are given one by one, whatever the layout', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(values, { maxLength: 5 }), { maxLength: 3 }),
      fc.constantFrom(0, 2),
      (lists, indent) => {
        const text = lists
          .map((list) =>
            JSON.stringify(
              list.map((item) => JSON.parse(item)),
              undefined,
              indent,
            ),
          )
          .join('\n');
        const reading = new Reading(true).read(newOrigin(), text.split('\n')).finish();
        expect(reading.bad).toEqual([]);
        expect(reading.values.map(toJson)).toEqual(lists.flat());
      },
    ),
  );
});

test('a line that is cut off costs itself alone, where each value has its line', () => {
  const object = fc.dictionary(fc.constantFrom('a', 'b', 'c'), values, { minKeys: 1 }).map((fields) => {
    const members = Object.entries(fields).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
    return `{${members.join(',')}}`;
  });
  fc.assert(
    fc.property(fc.array(object, { minLength: 2, maxLength: 6 }), fc.nat(), fc.nat(), (lines, which, length) => {
      const torn = which % lines.length;
      const line = lines[torn]!;
      const given = lines.with(torn, line.slice(0, 1 + (length % (line.length - 1))));
      const reading = new Reading().read(newOrigin(), given).finish();
      expect(reading.bad.map(({ line }) => line)).toEqual([torn + 1]);
      expect(reading.values.map(toJson)).toEqual(lines.toSpliced(torn, 1).map((text) => toJson(parseJson(text))));
    }),
  );
});

/** Lines of values, and what is wrong with them. */
const anyLine = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  '{"a":1}',
  '{"a":1},',
  '  {"a":2}',
  '  "a": 1,',
  '  "b": [1,',
  '  2]',
  '{"a":',
  '{"a":1,"b":[',
  '[1, 2',
  '1',
  '',
  'oops',
  '{"a":"\\x"}',
  '{"a":1} {"b":2}',
  '{"a":1} {"b":',
);

test('what goes on from what was remembered is what would have gone on, also as another file that has lines before', () => {
  fc.assert(
    fc.property(
      fc.array(anyLine, { maxLength: 30 }),
      fc.nat(30),
      fc.boolean(),
      fc.nat(9),
      (lines, at, items, before) => {
        const whole = new Reading(items).read(newOrigin(), lines).finish();
        const origin = newOrigin();
        const first = new Reading(items).read(origin, lines.slice(0, at));
        const second = new Reading(items);
        const moved = { ...newOrigin(), lines: origin.lines + before };
        second.step.resume(moved, structuredClone(first.step.recall(origin)), before);
        second.read(moved, lines.slice(at)).finish();
        expect([...first.values, ...second.values]).toEqual(whole.values);
        const shifted = second.bad.map(({ line, ...rest }) => ({ line: line - before, ...rest }));
        expect([...first.bad, ...shifted]).toEqual(whole.bad);
      },
    ),
  );
});

test('no line is lost silently: it is in a value, or a bad record names one that it is behind', () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 20 }), (lines) => {
      const reading = new Reading().read(newOrigin(), lines).finish();
      const hasText = lines.some((line) => line !== '');
      expect(reading.values.length + reading.bad.length > 0).toBe(hasText);
      for (const { line, text } of reading.bad) expect(lines.slice(line - 1).join('\n')).toContain(text);
    }),
  );
});

test('lines that could each go on for ever are read in no more than a multiple of their number', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => (i % 1500 === 1499 ? 'oops' : '{"a":'));
  const reading = new Reading().read(newOrigin(), lines).finish();
  expect(reading.values).toEqual([]);
  expect(reading.bad.length).toBeGreaterThan(10);
});

test('each origin has its own values', () => {
  const [a, b] = [newOrigin(), newOrigin()];
  const reading = new Reading().read(a, ['{"a":']).read(b, ['[', '2']).read(a, ['1}']).read(b, [']']).finish();
  expect(reading.values).toEqual([{ a: 1 }, [2]]);
  expect(reading.bad).toEqual([]);
});

test('a line that could not be read makes the value around it bad', () => {
  const origin = newOrigin();
  const reading = new Reading().read(origin, ['{"a": 1,']);
  origin.lost = { count: 1, reason: 'not valid UTF-8' };
  reading.read(origin, ['"b": 2}', '{"c":3}']).finish();
  expect(reading.values).toEqual([{ c: 3 }]);
  expect(reading.bad[0]).toMatchObject({ line: 1, reason: 'a line of a JSON value could not be read' });
});
