import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson, toJson } from '../../../src/base/json.ts';
import { RunFailure } from '../../../src/base/problem.ts';
import { SpeltNumber } from '../../../src/base/spelt-number.ts';
import { field, type Value } from '../../../src/base/value.ts';
import { BatchColumns } from '../../../src/flow/sql/batch-columns.ts';
import { askSql, checkSql } from '../../../src/flow/sql/duckdb.ts';
import { sqlText, sqlTypeOf } from '../../../src/flow/sql/types.ts';
import { sql } from '../../../src/flow/stages/sql.ts';
import { tries } from '../../support/effort.ts';
import { Recorder, TestRun } from '../windows/harness.ts';

const NOTHING = new Map<string, string>();

function asked(sql: string, records: readonly Value[], declared = NOTHING): Value {
  const table = new BatchColumns(declared).table(records, (problem) => {
    throw problem;
  });
  return askSql(sql, table).rows.flatMap((part) => parseJson(part) as readonly Value[]);
}

/** What one expression gives. */
const given = (expression: string): string => toJson(asked(`select ${expression} as x`, [{ a: 1 }])).slice(6, -2);

test.each([
  ["timestamp '2024-01-01 00:00:00.5'", '1704067200500'],
  ["timestamp '2024-01-01 00:00:00.000250'", '1704067200000.25'],
  ["timestamptz '2024-01-01 00:00:00+02'", '1704060000000'],
  ["timestamp_s '1960-01-01'", '-315619200000'],
  ["timestamp_ms '2024-01-01 00:00:00.123'", '1704067200123'],
  ["timestamp_ns '2024-01-01 00:00:00.000000500'", '1704067200000.0005'],
  ["'infinity'::timestamp", '"infinity"'],
  ["date '2024-02-29'", '"2024-02-29"'],
  ["time '10:00:00'", '"10:00:00"'],
  ['interval 1 day', '"1 day"'],
  ['1.50::decimal(9, 3)', '1.5'],
  ['100::decimal(9, 0)', '100'],
  ['9007199254740993', '9007199254740993'],
  ['2::hugeint * 9223372036854775807', '18446744073709551614'],
  ["'nan'::double", 'null'],
  ["'-inf'::float", 'null'],
  ['0.1::double', '0.1'],
  ['true', 'true'],
  ["'\"\\u0001\u2028é'", '"\\"\\\\u0001\u2028é"'],
  ["'ab'::blob", '"ab"'],
  ['\'{"a": [1]}\'::json', '{"a":[1]}'],
  ['[1, null, 2]', '[1,null,2]'],
  ["[[timestamp '1970-01-01']]", '[[0]]'],
  ["{a: 1, 'b c': date '2024-01-01'}", '{"a":1,"b c":"2024-01-01"}'],
  ["map {'k': 1}", '{"k":1}'],
  ['map {1: 2}', '[[1,2]]'],
  ["'a'::enum('a', 'b')", '"a"'],
  ['array_value(1, 2)', '[1,2]'],
  ["'b9d0c1a2-0000-4000-8000-000000000000'::uuid", '"b9d0c1a2-0000-4000-8000-000000000000"'],
  ['null', 'null'],
])('%s comes out as %s', (expression, value) => {
  expect(given(expression)).toBe(value);
});

test.each<[readonly Value[], string]>([
  [[], 'integer'],
  [[null], 'integer'],
  [[1, -0, 2 ** 53 - 1], 'bigint'],
  [[1, 1.5], 'double'],
  [[1, 2n ** 60n], 'bigint'],
  [[1, 2n ** 64n], 'hugeint'],
  [[2n ** 64n, 0.5], 'double'],
  [[2n ** 200n], 'double'],
  [[new SpeltNumber(1.1, '1.10')], 'double'],
  [[new SpeltNumber(1000, '1e3')], 'bigint'],
  [['a', 'b', null], 'varchar'],
  [['a', 1], 'varchar'],
  [[true, false], 'boolean'],
  [[true, 1], 'varchar'],
  [[[1], [2.5, null]], 'double[]'],
  [[[]], 'integer[]'],
  [[[1], 'a'], 'json'],
  [[{ a: 1 }, { a: 1.5, b: ['x'] }], 'struct("a" double, "b" varchar[])'],
  [[{ a: 1, A: 2 }], 'json'],
  [[{ 'a"b': 1 }], 'struct("a""b" bigint)'],
  [[{}], 'json'],
  [[parseJson('{"__proto__":1}')], 'json'],
  [[{ a: { b: null } }, { a: { b: {} } }], 'struct("a" struct("b" json))'],
])('values of row %# are %2$s', (values, type) => {
  expect(sqlText(sqlTypeOf(values))).toBe(type);
});

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'c d', 'select', '"', "'", '__proto__', '7', 'é', 'c0', 'leat_rows'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }).filter((text) => !text.includes('\0')),
);
const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((each) => !each.includes('\0'));
const scalar = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }), text);
/** Columns whose values have one type, some of them null. */
const column = fc.oneof(
  fc.array(fc.option(fc.maxSafeInteger()), { minLength: 3, maxLength: 3 }),
  fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })), { minLength: 3, maxLength: 3 }),
  fc.array(fc.option(text), { minLength: 3, maxLength: 3 }),
  fc.array(fc.option(fc.boolean()), { minLength: 3, maxLength: 3 }),
  fc.array(fc.option(fc.array(fc.option(fc.integer()), { maxLength: 3 })), { minLength: 3, maxLength: 3 }),
  fc.array(fc.option(fc.array(text, { maxLength: 3 })), { minLength: 3, maxLength: 3 }),
);
const sameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

test('what goes in comes out as it was, whatever names and values there are', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, column), { minLength: 1, maxLength: 5, comparator: ([a], [b]) => sameName(a, b) }),
      (columns) => {
        const rows = [0, 1, 2].map((i) =>
          parseJson(`{${columns.map(([each, values]) => `${toJson(each)}:${toJson(values[i] as Value)}`).join(',')}}`),
        );
        expect(toJson(asked('select * from batch', rows))).toBe(toJson(rows));
      },
    ),
    { numRuns: tries(40, 1000) },
  );
}, 60_000);

test('no values of any kinds beside each other stop a batch', () => {
  const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 2 }), fc.dictionary(name, scalar, { maxKeys: 2 }));
  fc.assert(
    fc.property(fc.array(fc.dictionary(name, value, { maxKeys: 3 }), { minLength: 1, maxLength: 4 }), (objects) => {
      const rows = objects.map((object) => parseJson(JSON.stringify(object)));
      expect((asked('select 1 as one, batch from batch', rows) as readonly Value[]).length).toBe(rows.length);
    }),
    { numRuns: tries(40, 1000) },
  );
}, 60_000);

test('more rows than a chunk keep their order', () => {
  const rows = Array.from({ length: 5000 }, (_, i) => ({ i, text: `t${i}` }));
  expect(asked('select i, text from batch', rows)).toEqual(rows);
});

test('a select reads files, and changes, loads and fetches nothing', () => {
  expect(toJson(asked("select count(*) > 5 as x from read_text('package.json') t, range(9)", [{ a: 1 }]))).toBe(
    '[{"x":true}]',
  );
  for (const sql of [
    "copy batch to 'x.csv'",
    "attach 'x.db'",
    'install httpfs',
    'set threads = 8',
    'drop view batch',
    'create table t as select 1',
    'with x as (insert into batch values (1) returning *) select * from x',
    'select 1; select 2',
    'selec',
  ]) {
    expect(() => checkSql(sql), sql).toThrow(RunFailure);
    expect(() => asked(sql, [{ a: 1 }]), sql).toThrow(RunFailure);
  }
  expect(() => asked("select * from 'https://127.0.0.1:1/a.parquet'", [{ a: 1 }])).toThrow(/httpfs/);
  expect(() => asked("select * from 'no-such-file.csv'", [{ a: 1 }])).toThrow(/No files found/);
  // And goes on behind each of these.
  expect(toJson(asked('select a from batch', [{ a: 1 }]))).toBe('[{"a":1}]');
});

test('a package that cannot be loaded is an answer, since somebody waits for one', async () => {
  const { port1, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { path: '/no/such/package', port: port2, answered };
  const worker = new Worker('./bin/sql-thread.js', { workerData, transferList: [port2] });
  const answer = once(port1, 'message');
  port1.postMessage({ sql: 'select 1' });
  expect(await answer).toEqual([{ error: expect.stringContaining("Cannot find module '/no/such/package'") }]);
  port1.close();
  await worker.terminate();
});

test('records that can be no rows are told, and the others are asked', () => {
  const told: string[] = [];
  const named = Array.from({ length: 1500 }, (_, n) => parseJson(`{"n${n}":${n}}`));
  const rows = [parseJson('{"a\\u0000b":1}'), ...named, { n7: 8 }];
  const { records, names } = new BatchColumns(NOTHING).table(rows, ({ reason, detail }) => {
    told.push(`${reason}: ${detail}`);
  });
  expect([records.length, names.length, told.length]).toEqual([1001, 1000, 501]);
  expect(told[0]).toBe('the name of a column has no null character: "a\\u0000b"');
  expect(told[1]).toBe('it has fields beyond the 1000 columns that a batch may have: "n1000"');
});

test('null characters within values are no hindrance', () => {
  const rows: readonly Value[] = [{ text: 'a\0b', object: { 'a\0b': 'c\0d' }, list: ['x\0y'], objects: [{ '\0': 1 }] }];
  expect(toJson(asked('select * from batch', rows))).toBe(toJson(rows));
});

test('an answer that the thread may have no room for is refused, and the next one comes', () => {
  expect(() => asked('select repeat(chr(1), 1000000) as text from range(50)', [{ a: 1 }])).toThrow(/more than 256 MB/);
  expect(toJson(asked('select a from batch', [{ a: 1 }]))).toBe('[{"a":1}]');
}, 60_000);

/** What the stage gives of one record. */
function answered(query: string, take: (row: Value) => void = () => {}): void {
  const { behaviour } = sql;
  if (behaviour.kind !== 'step') throw new Error('sql is asked at the end of a batch');
  const down = Object.assign(new Recorder(), { push: take });
  const step = behaviour.create({ query, columns: undefined } as never, new TestRun(), down);
  step.push({ a: 1 });
  step.close({ time: 1, start: 0, end: 1, partial: false });
}

/** A list of so many lists, as JSON: each takes some thirty times what it is written with. */
const lists = (count: number) => `('[' || repeat('[],', ${count - 1}) || '[]]')::json`;

test('an answer that would take more memory than a value may is taken row by row', () => {
  let rows = 0;
  answered(`select ${lists(10_000)} as x from range(330)`, (row) => {
    expect((field(row, 'x') as readonly Value[]).length).toBe(10_000);
    rows++;
  });
  expect(rows).toBe(330);
}, 60_000);

test('a row that is more than a record can be is a question that cannot be answered', () => {
  for (const [value, why] of [
    [lists(3_500_000), 'JSON that would take more than 256mb'],
    ["'1e999'::json", 'a number too large for a double'],
    ["(repeat('[', 2000) || repeat(']', 2000))::json", 'JSON nested more than 1000 levels deep'],
  ] as const) {
    const failure = { code: 'sql-failed', exit: 1, message: `sql cannot be answered: a row would have ${why}` };
    expect(() => answered(`select ${value} as x`)).toThrow(expect.objectContaining(failure));
  }
});
