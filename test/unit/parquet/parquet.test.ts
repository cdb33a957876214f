import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson, toJson } from '../../../src/base/json.ts';
import type { Value } from '../../../src/base/value.ts';
import type { Position } from '../../../src/flow/define/position.ts';
import type { SinkStart } from '../../../src/flow/define/sink.ts';
import { DONE, FileProgress } from '../../../src/flow/files/file-progress.ts';
import { readingLibrary } from '../../../src/flow/parquet/library.ts';
import { BOUNDS } from '../../../src/flow/parquet/pages.ts';
import { readParquet } from '../../../src/flow/parquet/reading.ts';
import { recordsOf } from '../../../src/flow/parquet/values.ts';
import { save } from '../../../src/flow/sinks/save.ts';
import { files } from '../../../src/flow/sources/files.ts';
import { watch } from '../../../src/flow/sources/watch.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { batch, openSink, sinkContext } from '../../support/sink.ts';
import { openSource, TestRun } from '../../support/source.ts';

const { writeMetadata } = createRequire(import.meta.url)('hyparquet-writer/src/metadata.js') as {
  writeMetadata(writer: object, metadata: object): void;
};
const { ByteWriter } = createRequire(import.meta.url)('hyparquet-writer/src/bytewriter.js') as {
  ByteWriter: new () => { getBytes(): Uint8Array };
};

const fixture = (name: string) => resolve('test/unit/parquet', name);

async function read(paths: readonly string[], from?: Position): Promise<TestRun> {
  const run = new TestRun({ once: true });
  await openSource(files, { paths }, run, from).run();
  return run;
}

/** Writes batches, each to a file, into a directory of its own. @returns it, and what was told of bad records. */
async function written(batches: readonly (readonly Value[])[], from?: SinkStart, directory = temporaryDirectory()) {
  const { context, reports } = sinkContext();
  const sink = openSink(save, { prefix: `${directory}/`, suffix: 'parquet' }, context, from);
  for (const [i, records] of batches.entries()) {
    for (const record of records) sink.push(record);
    sink.close(batch(i + 1));
  }
  const mark = await sink.mark!();
  await sink.finish();
  expect(reports.failures).toEqual([]);
  return { directory, reports, mark: mark! };
}

/** As DuckDB 2.0 wrote it, one row with values and one with nulls. */
const ALL_TYPES =
  '{"i":1,"b":9007199254740993,"ub":18446744073709551615,"d":1.5,"f":0.10000000149011612,"dec":12345678901234567890.12,"d9":1.10,' +
  '"d18":-1.250,"s":"hé","bo":true,"da":"2026-02-28","ti":"12:34:56.789012","ts":"2026-01-02T03:04:05.678901",' +
  '"tz":"2026-01-02T03:04:05.678901Z","tns":"2026-01-02T03:04:05.678901000","tms":"2026-01-02T03:04:05.679","l":[1,2,null],' +
  '"st":{"a":1,"b":["x","y"]},"m":{"k":1,"m":2},"u":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","bl":"qgA=","iv":"AAAAAAMAAAAAAAAA",' +
  '"nn":null,"ut":250,"t1":-5,"ui":4294967295,"ll":[[1],[2,3]],"nu":null,"js":{"q":9007199254740993},"ls":[{"z":1},{"z":null}]}';

test.each(['types', 'types-zstd', 'types-gzip', 'types-brotli', 'types-lz4_raw'])(
  'gives every type with all that it has, and says what it is not: %s',
  async (name) => {
    const { records, notes } = await read([fixture(`${name}.parquet`)]);
    expect(records.map((record) => toJson(record))[0]).toBe(ALL_TYPES);
    expect(new Set(Object.values(records[1]!))).toEqual(new Set([null]));
    expect(notes.map((note) => note.slice(note.indexOf(': ') + 2))).toEqual([
      '"bl" has bytes that are not known to be text, which are base64 here',
      '"iv" has bytes that are not known to be text, which are base64 here',
      '"nn" has numbers that are none (NaN) or infinite, which are null here',
    ]);
  },
);

test('gives what older writers make: dictionaries, times of 96 bits, LZ4 of Hadoop', async () => {
  const { records } = await read([fixture('older.parquet')]);
  expect(records.map((record) => toJson(record))).toEqual([
    '{"i":1,"dict":"a","t32":"00:00:01.000","ts":"2026-01-02T03:04:05.678901234","tz":"2026-01-02T03:04:05.678000000","fixed":"YWJj","d":1.50,"m":{"a":1,"b":null}}',
    '{"i":null,"dict":"b","t32":null,"ts":"1969-12-31T23:59:59.999999999","tz":null,"fixed":null,"d":null,"m":null}',
  ]);
});

test('a file that is none, or not whole, fails with exit 3; of what a glob matches it is left out', async () => {
  const directory = temporaryDirectory();
  const whole = readFileSync(fixture('types.parquet'));
  for (const bytes of [whole.subarray(0, 2000), Buffer.from('PAR1'), Buffer.from('no parquet\n'), Buffer.alloc(0)]) {
    const path = join(directory, 'a.parquet');
    writeFileSync(path, bytes);
    await expect(read([path])).rejects.toMatchObject({ exit: 3, message: expect.stringContaining('no whole Parquet') });
    const left = await read([join(directory, '*.parquet')]);
    expect(left.records).toEqual([]);
    expect(left.notes[0]).toContain('left out: cannot read');
  }
});

const cell = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((n) => !Number.isSafeInteger(Number(n))),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
  fc.string({ unit: 'binary' }).filter((text) => Buffer.from(text).toString() === text),
);
const nested = fc.oneof(
  { weight: 4, arbitrary: cell },
  { weight: 1, arbitrary: fc.array(cell, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('x', 'y'), cell, { maxKeys: 2 }) },
);

describe('what is written', () => {
  test('is read back the same, column by column of one kind', async () => {
    const kinds = [fc.maxSafeInteger(), cell.filter((value) => typeof value === 'string'), fc.boolean(), nested];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(...kinds.map((kind) => fc.array(fc.record({ a: kind }), { minLength: 1, maxLength: 8 }))),
        async (rows) => {
          const { directory, reports } = await written([rows as Value[]]);
          const { records } = await read([join(directory, '*.parquet')]);
          expect(reports.bads).toEqual([]);
          // What is of several kinds in one column is text there, or JSON.
          const texts = (values: readonly Value[]) =>
            values.map((value) => {
              const own = (value as { a: Value }).a;
              return typeof own === 'string' ? own : toJson(own);
            });
          expect(texts(records as Value[])).toEqual(texts(rows as Value[]));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('has columns that become wider from batch to batch, and that nulls leave as they are', async () => {
    const { directory } = await written([
      [{ a: 1, b: null }],
      [{ a: null, b: 'x' }],
      [{ a: 1.5 }],
      [{ a: 2n ** 53n + 1n, c: [1] }],
    ]);
    const { records } = await read([join(directory, '*.parquet')]);
    expect(records.map((record) => toJson(record))).toEqual([
      '{"a":1,"b":null}',
      '{"a":null,"b":"x"}',
      '{"a":1.5,"b":null}',
      // No column of numbers has both.
      '{"a":"9007199254740993","b":null,"c":[1]}',
    ]);
  });

  test('behind its first group of rows tells what does not fit as bad, and writes the rest', async () => {
    const many: Value[] = Array.from({ length: 100_000 }, (_, a) => ({ a }));
    const { directory, reports } = await written([[...many, { a: 'x' }, { a: 7, z: 1 }]]);
    const { records } = await read([join(directory, '*.parquet')]);
    expect(records.length).toBe(100_001);
    expect(records.at(-1)).toEqual({ a: 7 });
    expect(JSON.stringify(reports)).toContain('does not fit its column');
    expect(JSON.stringify(reports)).toContain('the field \\"z\\" is left out');
  });

  test('holds little of what is nested, and of records that have names of their own', async () => {
    const groups = async (records: readonly Value[]) => {
      const { directory, reports } = await written([records]);
      const { buffer } = readFileSync(join(directory, readdirSync(directory)[0]!));
      const metadata = readingLibrary().parquetMetadata(buffer as ArrayBuffer);
      return { rows: metadata.row_groups.map(({ num_rows }) => Number(num_rows)), bads: reports.bads.length };
    };
    const list = Array.from({ length: 500 }, () => 'x'.repeat(500));
    const nested = await groups(Array.from({ length: 100 }, (): Value => ({ list })));
    expect(nested.rows.length).toBeGreaterThan(1);
    const named = Array.from({ length: 1100 }, (_, n) => parseJson(`{"n${n}":${n}}`));
    expect(await groups(named)).toEqual({ rows: [1000], bads: 100 });
    const again = Array.from({ length: 4100 }, (_, n) => parseJson(`{"n${n % 1000}":${n}}`));
    expect(await groups(again)).toEqual({ rows: [4000, 100], bads: 0 });
  });

  test('goes on behind a mark: files behind it are taken back, and columns stay', async () => {
    const first = await written([[{ a: 1.5 }]]);
    const again = await written([[], [{ a: 2 }]], { mark: first.mark, intents: [] }, first.directory);
    expect(readdirSync(again.directory)).toHaveLength(2);
    const { records } = await read([join(first.directory, '*.parquet')]);
    expect(records).toEqual([{ a: 1.5 }, { a: 2 }]);
    expect((again.mark as { format: Value }).format).toEqual([['a', 'number']]);
  });
});

test('a run goes on at any row', async () => {
  const { directory } = await written([Array.from({ length: 4500 }, (_, n) => ({ n })), [{ n: 'last' }]]);
  const paths = [join(directory, '*.parquet')];
  const whole = await read(paths);
  expect(whole.records).toHaveLength(4501);
  for (const cut of whole.cuts) {
    const rest = await read(paths, cut.position === undefined ? undefined : JSON.parse(cut.position));
    expect([...whole.numbered.slice(0, cut.count), ...rest.numbered]).toEqual(whole.numbered);
  }
});

describe('what a file says that it has', () => {
  /** Reads a file within other bounds. */
  async function within(path: string, bounds: Partial<typeof BOUNDS>): Promise<TestRun> {
    const run = new TestRun();
    const progress = new FileProgress(path, {}, () => DONE);
    const reading = { origin: run.origin(path), progress, from: undefined, toRecord: (record: Value) => record };
    await readParquet(path, run, { ...reading, bounds: { ...BOUNDS, ...bounds } });
    return run;
  }

  async function ofRows(count: number, row: (n: number) => Value): Promise<string> {
    const { directory } = await written([Array.from({ length: count }, (_, n) => row(n))]);
    return join(directory, readdirSync(directory)[0]!);
  }

  test('of a group of rows that is too large a part is held at a time', async () => {
    const path = await ofRows(3000, (n) => ({ n, even: n % 2 === 0, none: null, text: `${n % 7}` }));
    const { records } = await within(path, {});
    expect(records).toHaveLength(3000);
    for (const held of [4, 4 * 999, 4 * 1000, 4 * 2999]) {
      const some = await within(path, { held });
      expect(some.records).toEqual(records);
    }
    // Those of one batch at a time are what a part gives.
    const parts = async (bounds: Partial<typeof BOUNDS>) => (await within(path, bounds)).chunks.length;
    expect(await parts({})).toBe(3);
    for (const heldBytes of [1, 1000, 10_000]) {
      const some = await within(path, { heldBytes });
      expect(some.records).toEqual(records);
    }
    expect(await parts({ heldBytes: 10_000 })).toBeGreaterThan(3);
  }, 60_000);

  test('a page of more values, or bytes, than may be is refused before they are made', async () => {
    const path = await ofRows(1000, () => ({ n: null, m: 1 }));
    await expect(within(path, { page: 999 })).rejects.toThrow('has a page of 1000 values, and 999 is the most');
    await expect(within(path, { pages: 1999 })).rejects.toThrow('have 2000 values together, and 1999 is the most');
    await expect(within(path, { bytes: 1 })).rejects.toThrow(/has a page of .*, and 1b is the most/);
    await expect(within(path, { pagesBytes: 1 })).rejects.toThrow(
      /^pages of its columns have \d+b together, and 1b is the most$/,
    );
  });

  test('rows that it has no values for are no rows', async () => {
    const path = await ofRows(1000, (n) => ({ n }));
    // A thousand and fifteen hundred, as a file has them: twice as much, seven bits a byte.
    const bytes = readFileSync(path);
    const footer = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
    const said = bytes.toString('latin1', footer).replaceAll('\xd0\x0f', '\xb8\x17');
    writeFileSync(path, Buffer.concat([bytes.subarray(0, footer), Buffer.from(said, 'latin1')]));
    await expect(within(path, {})).rejects.toThrow('has 1000 values for 1500 rows');
  });

  /** A file of such columns, each of 4 bytes and a header, and the pages that they are in. */
  function ofColumns(
    rows: number,
    pages: Buffer,
    columns: readonly { readonly name: string; readonly size: number }[],
  ) {
    const schema = [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name }) => ({ name, type: 'INT32', repetition_type: 'REQUIRED' })),
    ];
    const chunks = columns.map(({ name, size }) => ({
      file_offset: 0n,
      meta_data: {
        type: 'INT32',
        encodings: ['PLAIN'],
        path_in_schema: [name],
        codec: 'UNCOMPRESSED',
        num_values: BigInt(rows),
        total_uncompressed_size: BigInt(size),
        total_compressed_size: BigInt(size),
        data_page_offset: 4n,
      },
    }));
    const groups = [{ columns: chunks, total_byte_size: 0n, num_rows: BigInt(rows) }];
    const writer = new ByteWriter();
    writeMetadata(writer, { version: 1, schema, num_rows: BigInt(rows), row_groups: groups, metadata_length: 0 });
    // It writes the length of it behind.
    return kept(Buffer.concat([Buffer.from('PAR1'), pages, Buffer.from(writer.getBytes()), Buffer.from('PAR1')]));
  }

  function kept(bytes: Buffer): string {
    const path = join(temporaryDirectory(), 'crafted.parquet');
    writeFileSync(path, bytes);
    return path;
  }

  /** A page of one number: type, sizes, and of its values how many and how they are stored. @param more what else is in its header. */
  const page = (more = Buffer.alloc(0)) =>
    Buffer.concat([Buffer.from('1500150815082c150215001506150600', 'hex'), more, Buffer.from('0007000000', 'hex')]);

  test('a column is read where nothing is wrong with it', async () => {
    const { records } = await within(ofColumns(1, page(), [{ name: 'a', size: page().length }]), {});
    expect(records).toEqual([{ a: 7 }]);
  });

  test('columns that are the same bytes are no columns', async () => {
    const pages = Buffer.concat([page(), Buffer.alloc(1000)]);
    const columns = ['a', 'b'].map((name) => ({ name, size: pages.length }));
    await expect(within(ofColumns(1, pages, columns), {})).rejects.toThrow('more bytes together than it has');
  });

  test('rows without any column are few', async () => {
    const path = ofColumns(1001, Buffer.alloc(0), []);
    expect((await within(path, { held: 1001 })).records).toHaveLength(1001);
    await expect(within(path, { held: 1000 })).rejects.toThrow('no column of it has values for its 1001 rows');
  });

  test('a header of a page is not so long that it is not looked at', async () => {
    // A field that nobody knows: so many bytes.
    const long = Buffer.concat([Buffer.from('c8808040', 'hex'), Buffer.alloc(1024 * 1024)]);
    const pages = page(long);
    const path = ofColumns(1, pages, [{ name: 'a', size: pages.length }]);
    await expect(within(path, {})).rejects.toThrow('has a page without a header of 1mb at most');
  });

  test('lists have no more items than there are bytes', async () => {
    // Each says that it has 30 million lists in it.
    const lists = Buffer.concat(Array.from({ length: 50 }, () => Buffer.from('f98087a70e', 'hex')));
    const footer = Buffer.concat([Buffer.from('f9', 'hex'), lists]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    const path = kept(Buffer.concat([Buffer.from('PAR1'), footer, length, Buffer.from('PAR1')]));
    await expect(within(path, {})).rejects.toThrow('a list of it says that it has more than there is');
    const pages = page(Buffer.concat([Buffer.from('c9', 'hex'), lists]));
    const column = ofColumns(1, pages, [{ name: 'a', size: pages.length }]);
    await expect(within(column, {})).rejects.toThrow('a list of it says that it has more than there is');
  });
});

test('those that come into a directory are read once, and gone on with in the middle', async () => {
  const { directory } = await written([Array.from({ length: 2500 }, (_, n) => ({ n })), [{ n: 'last' }]]);
  const reading = async (from?: Position) => {
    const run = new TestRun({ once: true });
    await openSource(watch, { path: join(directory, '*.parquet') }, run, from).run();
    return run;
  };
  const whole = await reading();
  expect(whole.records).toHaveLength(2501);
  expect(whole.records.at(-1)).toEqual({ n: 'last' });
  for (const cut of whole.cuts) {
    const rest = await reading(cut.position === undefined ? undefined : JSON.parse(cut.position));
    expect([...whole.numbered.slice(0, cut.count), ...rest.numbered]).toEqual(whole.numbered);
  }
  const tagged = new TestRun({ once: true });
  await openSource(watch, { path: join(directory, '*.parquet'), tag: true }, tagged).run();
  expect(tagged.records.at(-1)).toMatchObject({ source: expect.stringContaining('.parquet'), record: { n: 'last' } });
});

test.each(['files', 'watch'])('how far %s is behind in one falls as it is read', async (word) => {
  const { directory } = await written([Array.from({ length: 4000 }, (_, n) => ({ n }))]);
  const [name] = readdirSync(directory);
  const { size } = statSync(join(directory, name!));
  const run = new TestRun({ once: true });
  const behind: number[] = [];
  const deliver = run.deliver.bind(run);
  run.deliver = (chunk) => {
    if (chunk.kind === 'values') behind.push(run.behind!());
    return deliver(chunk);
  };
  const path = join(directory, '*.parquet');
  await (word === 'files' ? openSource(files, { paths: [path] }, run) : openSource(watch, { path }, run)).run();
  expect(behind).toEqual([3, 2, 1, 0].map((quarters) => Math.round((size * quarters) / 4)));
  expect(run.behind!()).toBe(0);
});

const python = ['python3', 'python'].find((name) => {
  try {
    return execFileSync(name, ['-c', 'import duckdb'], { stdio: 'ignore' }) !== undefined;
  } catch {
    return false;
  }
});

test.skipIf(python === undefined)('DuckDB reads what is written, with the same types and values', async () => {
  const rows: Value[] = [
    { i: 2n ** 62n, d: 0.1, s: 'hé', b: true, j: { a: [1, null] }, n: null },
    { i: -1, d: 1e300, s: '', b: null, j: null, n: null },
  ];
  const { directory } = await written([rows]);
  const query = `select typeof(i), typeof(d), typeof(s), typeof(b), i, d, s, b, j::varchar, n from '${directory}/*.parquet'`;
  const program = `import duckdb, json; print(json.dumps(duckdb.sql(${JSON.stringify(query)}).fetchall()))`;
  expect(execFileSync(python!, ['-c', program]).toString().trim()).toBe(
    '[["BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN", 4611686018427387904, 0.1, "h\\u00e9", true, "{\\"a\\":[1,null]}", null], ' +
      '["BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN", -1, 1e+300, "", null, null, null]]',
  );
});

test.each([
  [{ type: 'INT32', converted_type: 'DATE' }, 2 ** 31 - 1, '"2147483647"'],
  [{ type: 'INT32', converted_type: 'DATE' }, -1, '"1969-12-31"'],
  [{ type: 'INT64', logical_type: { type: 'DECIMAL', precision: 9, scale: 2 } }, 1234n, '12.34'],
  [{ type: 'INT64', converted_type: 'DECIMAL', scale: 3, precision: 9 }, 1234n, '1.234'],
] as const)('a value of %j, %s, is %s', (element, stored, value) => {
  const column = { element: { name: 'a', ...element }, children: [], count: 1, path: ['a'] };
  const root = { element: { name: 'root' }, children: [column], count: 2, path: [] };
  const [record] = [recordsOf(root, () => {})([stored])];
  expect(toJson(record)).toBe(`{"a":${value}}`);
});
