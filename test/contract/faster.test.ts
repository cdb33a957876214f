/** What steps that answer in the fast lane promise (flow/define/faster.ts): whatever form records come in, what comes out is the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson, toJson } from '../../src/base/json.ts';
import { STRING, type Type, UNKNOWN } from '../../src/base/type.ts';
import type { Value } from '../../src/base/value.ts';
import { jsonFields } from '../../src/flow/bytes/json-fields.ts';
import { aggregates, functions, sinks, stages } from '../../src/flow/catalog.ts';
import { COUNT, type Form, LINES, NONE, type Offer, type Takes, watchedTake } from '../../src/flow/define/faster.ts';
import type { Sink } from '../../src/flow/define/sink.ts';
import { defineSource } from '../../src/flow/define/source.ts';
import type { Step } from '../../src/flow/define/step.ts';
import { WordList } from '../../src/flow/define/word-list.ts';
import { compileProgram } from '../../src/query/compile.ts';
import { createScope } from '../../src/query/plan/expression/scope.ts';
import { buildSteps } from '../../src/run/local/steps/build-steps.ts';
import { TestRun } from '../unit/windows/harness.ts';

const source = (name: string, gives: Type) =>
  defineSource({
    name,
    summary: 'Records of a test',
    docs: '',
    examples: [],
    parameters: {},
    gives: () => gives,
    behaviour: () => ({ kind: 'batches', open: () => () => undefined }),
  });
const sources = new WordList({ texts: source('texts', STRING), objects: source('objects', UNKNOWN) });

/** A part of a program, with all that it gives out and reports. */
class Part {
  readonly run = new TestRun();
  readonly out: string[] = [];
  readonly step: Step;

  constructor(program: string) {
    const plan = compileProgram(program, {
      words: { sources, stages, aggregates, sinks },
      expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
      interval: 1,
    });
    const sink: Sink = {
      push: (record) => this.out.push(toJson(record)),
      lines: (lines) =>
        this.out.push(
          ...lines
            .toString()
            .trimEnd()
            .split('\n')
            .map((line) => JSON.stringify(line)),
        ),
      close: ({ end }) => this.out.push(`end ${end}`),
      blocked: () => undefined,
      finish: () => Promise.resolve(),
    };
    const { run } = this;
    const steps = buildSteps(plan, { run, openSink: () => sink, format: 'text', watchers: [] });
    this.step = steps.get(plan.sources[0]!)!;
  }

  /** What takes records in a form; it has to. */
  take<F extends Form>(offer: Offer<F>): Takes[F] {
    const take = this.step.faster?.(offer);
    if (take === undefined) throw new Error(`no take of ${offer.form}`);
    return take;
  }

  get seen() {
    return { out: this.out, bads: this.run.bads, lates: this.run.lates };
  }
}

/** Records that are pushed, or that come at once. */
interface Some<T> {
  readonly atOnce: boolean;
  readonly records: readonly T[];
}

const batchesOf = <T>(record: fc.Arbitrary<T>): fc.Arbitrary<readonly (readonly Some<T>[])[]> =>
  fc.array(
    fc.array(fc.record({ atOnce: fc.boolean(), records: fc.array(record, { maxLength: 8 }) }), { maxLength: 4 }),
    {
      maxLength: 4,
    },
  );

/** Holds a program to what it gives where all records are pushed. @param give gives records at once. */
function held<T>(
  program: string,
  record: fc.Arbitrary<T>,
  toRecord: (given: T) => Value,
  giving: (part: Part) => (records: readonly T[]) => void,
): void {
  fc.assert(
    fc.property(batchesOf(record), (batches) => {
      const [mixed, pushed] = [true, false].map((isMixed) => {
        const part = new Part(program);
        const give = isMixed ? giving(part) : undefined;
        batches.forEach((batch, i) => {
          for (const { atOnce, records } of batch) {
            if (atOnce && give !== undefined && records.length > 0) give(records);
            else for (const one of records) part.step.push(toRecord(one));
          }
          part.run.batch(part.step, i + 1, []);
        });
        part.step.finish({ time: batches.length });
        return part.seen;
      });
      expect(mixed).toEqual(pushed);
    }),
    { numRuns: 30 },
  );
}

const TEXTS = [
  'texts | words | countByValue',
  'texts | lines | count',
  'texts | flatMap(_.split(",")) | distinct',
  'texts | filter(_.includes("a")) | map(upper)',
  'texts | filter(_.startsWith("a")) | countByValue',
  'texts | filter(_.endsWith("a"))',
  'texts | countByValue',
  'texts | countByValue | running',
  'texts | countByValue | window(2s)',
  'texts | distinct | count',
  'texts | count',
];

const ROWS = [
  'objects | filter(.a > 1) | map(.b)',
  'objects | filter(.b.includes("x") && .a) | countBy(.b)',
  'objects | countBy(.a)',
  'objects | countBy(.a) | running',
  'objects | groupBy(.b, {n: count(), sum: sum(.a), first: first(.a)}) | window(2s)',
  'objects | groupBy({a: .a, b: .b}, {most: max(.a), p: p50(.a)})',
  'objects | aggregate({mean: avg(.a), all: list(.b)})',
  'objects | count',
  'objects | pick(.b, .a) | countBy(.a)',
  'objects | drop(.c) | countBy(.b)',
  'objects | rename({x: .a}) | groupBy(.x, {n: count(), sum: sum(.b)})',
  'objects | window(2s, on: .a, late: 1s) | countBy(.b)',
  'objects | window(2s, on: .a) | groupBy(.b, {n: count(), some: count(.a > 2), sum: sum(.a)})',
  'objects | window(4s, 2s, on: .a, late: 2s) | groupBy({b: .b, a: .a}, {n: count(), sum: sum(.a)})',
  'objects | window(6s, 2s, on: .a, late: 3s) | groupBy(.b, {n: count(), some: count(.a > 2), first: first(.a), all: list(.a), p: p50(.a)})',
  'objects | session(.b, {n: count(), sum: sum(.a), first: first(.a), last: last(.a)}, gap: 1s, on: .a)',
  'objects | session({b: .b, x: .a > 2}, {n: count(), all: list(.a)}, gap: 2s, on: .a, late: 2s)',
  'objects | session(.b, {n: count(), some: count(.a > 2)}, gap: 500ms, on: .a + 1, late: 4s)',
  'objects | window(3s, 1s, on: .a, late: 20s, emit: "update") | aggregate({n: count(), last: last(.b)})',
  'objects | window(1s, on: .a + 1, late: 2s) | countBy(.b)',
  'objects | map(.c) | filter(_ != null) | countBy(.d)',
  'objects | map(.c) | pick(.d) | groupBy(.d, {n: count(), all: list(_)})',
  'objects | filter(.c.d > 1 && .c != null) | countBy({d: .c.d, a: .a})',
];

const COUNTS = ['texts | count', 'texts | count | running', 'texts | count | window(2s)'];

test('all stages that answer by themselves are among these', () => {
  const answering = (form: Form) =>
    [...stages].filter(({ faster }) => faster?.[form] !== undefined).map(({ name }) => name);
  const inUse = (programs: readonly string[]) =>
    programs.flatMap((program) => program.match(/^\w+|(?<=\| )\w+/g) ?? []);
  for (const [form, programs] of [
    ['texts', TEXTS],
    ['rows', ROWS],
    ['count', COUNTS],
  ] as const)
    expect(inUse(programs)).toEqual(expect.arrayContaining(answering(form)));
});

describe('texts', () => {
  const text = fc.stringMatching(/^[ab, é]{0,6}$/);

  test.each(TEXTS)('%s', (program) => {
    held(
      program,
      text,
      (line) => line,
      (part) => {
        const take = part.take(LINES);
        let isWhole = true;
        return (records) => {
          isWhole = !isWhole;
          const lines = Buffer.from(records.join('\n') + (isWhole || records.at(-1) === '' ? '\n' : ''));
          part.run.cursor.line = 1;
          const counted = take(lines);
          if (counted !== undefined) expect(counted).toBe(records.length);
          // They belong to the caller again.
          lines.fill('z');
        };
      },
    );
  });
});

describe('rows', () => {
  const line = fc.constantFrom(
    ...[
      '{"a":1,"b":"x"}',
      '{"a":2.5,"b":"xy"}',
      '{"a":"1","b":2}',
      '{"b":null}',
      '{"a":[1],"b":"\\u0078"}',
      '{"a":-0,"b":""}',
    ],
    ...['{"a":9007199254740993}', '{"a":3,"b":"x"}', '{"a":4,"b":"z"}'],
    ...['{"c":{"d":1},"a":2}', '{"c":{"d":"x","e":[1]}}', '{"c":{}}', '{"c":"d","a":3}', '{"c":{"d":2},"c":{}}'],
    ...[
      '{"a":"1970-01-01T00:00:03.5Z","b":"x"}',
      '{"a":"1970-01-01T00:00:05.123Z"}',
      '{"a":"1970-01-01T01:00:02+01:00"}',
    ],
  );

  const names = ['b', 'a', 'c\0', 'c\0d'];

  test.each(ROWS)('%s', (program) => {
    held(
      program,
      line,
      (json) => parseJson(json),
      (part) => {
        const { cursor } = part.run;
        const take = jsonFields({
          names,
          cursor,
          rows: part.take({ form: 'rows', names }),
          line: (text) => part.step.push(parseJson(text)),
        });
        return (records) => {
          cursor.line = 1;
          take(Buffer.from(records.join('\n')));
        };
      },
    );
  });

  test('where more of a record is wanted, only what passes is given, as lines', () => {
    const part = new Part('objects | filter(.a > 1)');
    const passed: string[] = [];
    const names = ['a'];
    const asLines: Takes['rows'] = (block, rows, count) => {
      for (let i = 0; i < count; i++) passed.push(block.lineInPlace(rows[i]!));
      return NONE;
    };
    const rows = part.take({ form: 'rows', names, asLines });
    const { cursor } = part.run;
    cursor.line = 1;
    jsonFields({ names, cursor, rows, line: () => passed.push('came back') })(Buffer.from('{"a":1}\n{"a":2,"b":3}\n'));
    expect(passed).toEqual(['{"a":2,"b":3}']);
    for (const program of ROWS.filter((text) => !text.includes('filter')))
      expect(new Part(program).step.faster?.({ form: 'rows', names, asLines }), program).toBeUndefined();
  });
});

describe('a count', () => {
  test.each(COUNTS)('%s', (program) => {
    held(
      program,
      fc.constant(0),
      (record) => record,
      (part) => {
        const take = part.take(COUNT);
        return (records) => take(records.length);
      },
    );
  });

  test.each(['texts | countByValue', 'texts | distinct', 'texts | map(_)', 'texts | countBy(_)'])(
    'is refused by what needs the records: %s',
    (program) => {
      expect(new Part(program).step.faster?.(COUNT)).toBeUndefined();
    },
  );
});

test('who looks on is told what is given and how much of it is taken', () => {
  const part = new Part('texts | countByValue');
  const seen: unknown[] = [];
  const take = watchedTake(LINES, part.take(LINES), {
    given: ({ form }) => seen.push(form),
    took: (records) => seen.push(records),
  })!;
  take(Buffer.from('a\nb\n'));
  take(Buffer.from('a'));
  const onRows = watchedTake({ form: 'rows', names: [] }, (_block, rows) => rows[1]!, {
    took: (records) => seen.push(records),
  })!;
  expect(onRows({} as never, Int32Array.of(4, 7, 9), 3)).toBe(7);
  expect(seen).toEqual(['texts', 2, 'texts', 1, 1]);
});
