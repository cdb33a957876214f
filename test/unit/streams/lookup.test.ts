import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { entriesOf, fieldsOf } from '../../../src/base/fields.ts';
import { type BadRecord, RunFailure } from '../../../src/base/problem.ts';
import { type Fields, field, type Value } from '../../../src/base/value.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import { lookup } from '../../../src/flow/stages/lookup.ts';
import { canPack, packedBy } from '../../support/packed.ts';
import { TestRun } from '../windows/harness.ts';

const ENDINGS: { readonly [packing: string]: string } = { zstd: 'zst', xz: 'xz', bzip2: 'bz2', lz4: 'lz4' };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lookup-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Writes a file as a careful program does, so that its version always differs. */
function write(name: string, text: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
  return path;
}

class NotingRun extends TestRun {
  readonly notes = new Set<string>();
  ask: (() => Promise<void> | undefined) | undefined;

  awaits(ask: () => Promise<void> | undefined): AbortSignal {
    this.ask = ask;
    return new AbortController().signal;
  }

  override note(message?: string): void {
    this.notes.add((message ?? '').replaceAll(directory, ''));
  }
}

/** A lookup of the field `id`. */
class Lookup {
  readonly run = new NotingRun();
  private readonly work: (record: Value, emit: (record: Value) => void) => void;

  constructor(file: string, args: { readonly key?: string; readonly inner?: boolean } = {}) {
    const { behaviour } = lookup;
    if (behaviour.kind !== 'record') throw new Error('lookup works record by record');
    const on = opaque((record) => field(record!, 'id'));
    this.work = behaviour.create({ inner: false, key: undefined, ...args, file, on } as never, this.run);
  }

  /** The next batch, when what is missing for it has come. Whether anything was waited for. */
  async nextWaited(): Promise<boolean> {
    this.nextBatch();
    const missing = this.run.ask?.();
    await missing;
    return missing !== undefined;
  }

  of(...records: readonly Value[]): Value[] {
    const out: Value[] = [];
    for (const record of records) this.work(record, (given) => out.push(given));
    return out;
  }

  /** What is found for the keys, without the key itself. */
  find(...ids: readonly Value[]): Value[] {
    return this.of(...ids.map((id) => ({ id }))).map((record) => {
      return fieldsOf(entriesOf(record as Fields).filter(([name]) => name !== 'id'));
    });
  }

  nextBatch(): this {
    this.run.tick++;
    return this;
  }
}

const failure = (file: string, key?: string): [number, string] => {
  try {
    new Lookup(file, key === undefined ? {} : { key });
  } catch (error) {
    if (error instanceof RunFailure) return [error.exit, error.message.replaceAll(directory, '')];
    throw error;
  }
  throw new Error('no failure');
};

describe('lookup', () => {
  test('puts the other columns behind the fields, nulls where no row matches', () => {
    const table = new Lookup(write('t.csv', 'id,name,size\na,Anna,7\nb,"Bo, b",x7\n'));
    expect(table.of({ id: 'b', n: 1 }, { id: 'c' }, {})).toEqual([
      { id: 'b', n: 1, name: 'Bo, b', size: 'x7' },
      { id: 'c', name: null, size: null },
      { name: null, size: null },
    ]);
    expect(table.find('a')).toEqual([{ name: 'Anna', size: 7 }]);
  });

  test('leaves out what no row matches, where asked', () => {
    const table = new Lookup(write('t.csv', 'id,name\na,Anna\n'), { inner: true });
    expect(table.of({ id: 'x' }, { id: 'a' }, { id: null })).toEqual([{ id: 'a', name: 'Anna' }]);
  });

  test('takes nothing but objects', () => {
    const table = new Lookup(write('t.csv', 'id,name\n'));
    expect(() => table.of('a')).toThrow(expect.objectContaining({ reason: 'lookup needs an object' }) as BadRecord);
  });

  test('matches texts and numbers by how they are spelt', () => {
    const table = new Lookup(write('t.csv', 'id,v\n7,seven\n007,bond\n1e3,name\n9007199254740993,long\ntrue,yes\n'));
    expect(table.find(7, '7', '007', '1e3', 1000, '1000', 9007199254740993n, true, 7.5)).toEqual(
      ['seven', 'seven', 'bond', 'name', null, null, 'long', 'yes', null].map((v) => ({ v })),
    );
  });

  test('reads JSON lists, JSON lines and TSV, and any column as the key', () => {
    const rows = [{ a: 1, id: 'x' }, { id: 2 ** 53, b: [1] }, { id: null }];
    const expected = [
      { a: 1, b: null },
      { a: null, b: [1] },
    ];
    const key = { key: 'id' };
    expect(new Lookup(write('t.json', JSON.stringify(rows)), key).find('x', 2n ** 53n)).toEqual(expected);
    const lines = rows.map((row) => JSON.stringify(row)).join('\n\n');
    expect(new Lookup(write('t.jsonl', `${lines}\n`), key).find('x', 2 ** 53)).toEqual(expected);
    expect(new Lookup(write('t.TSV', 'v\tid\r\n1\tx\r\n'), key).find('x')).toEqual([{ v: 1 }]);
  });

  test('reads what CSV may hold: quoted line ends, a byte order mark, blank lines, short rows', () => {
    const table = new Lookup(write('t.csv', '\ufeffid,v,w\n\na,"1\n""2",\n\nb,3'));
    expect(table.find('a', 'b')).toEqual([
      { v: '1\n"2', w: null },
      { v: 3, w: null },
    ]);
  });

  test('takes the last of several rows with one key, and says so', () => {
    const table = new Lookup(write('t.csv', 'id,v\na,1\na,2\n'));
    expect(table.find('a')).toEqual([{ v: 2 }]);
    expect([...table.run.notes]).toEqual([
      'some keys stand in several rows of /t.csv; lookup takes the last row of each',
    ]);
  });

  test('says where a column takes the place of a field', () => {
    const table = new Lookup(write('t.csv', 'id,v\na,1\n'));
    expect(table.of({ v: 'mine', id: 'a' })).toEqual([{ v: 1, id: 'a' }]);
    expect([...table.run.notes]).toEqual(['lookup puts "v" of /t.csv in place of the field of that name']);
  });

  test('has no trouble with names that mean something to the host', () => {
    const table = new Lookup(write('t.csv', 'id,__proto__,constructor\n__proto__,1,2\n'));
    const [record] = table.of({ id: '__proto__' });
    expect(JSON.stringify(record)).toBe('{"id":"__proto__","__proto__":1,"constructor":2}');
    expect(table.find('constructor')).toEqual([JSON.parse('{"__proto__":null,"constructor":null}')]);
  });

  test('reads a changed file again in the next batch', () => {
    const path = write('t.csv', 'id,v\na,1\n');
    const table = new Lookup(path);
    expect(table.nextBatch().find('a')).toEqual([{ v: 1 }]);
    write('t.csv', 'id,w\na,2\nb,3\n');
    expect(table.find('a')).toEqual([{ v: 1 }]);
    expect(table.nextBatch().find('a', 'b')).toEqual([{ w: 2 }, { w: 3 }]);
    expect([...table.run.notes]).toEqual([]);
  });

  test('goes on with the table it has while the file is broken or gone', () => {
    const path = write('t.csv', 'id,v\na,1\n');
    const table = new Lookup(path);
    write('t.csv', 'id,v\na,"2\n');
    expect(table.nextBatch().find('a')).toEqual([{ v: 1 }]);
    rmSync(path);
    expect(table.nextBatch().find('a')).toEqual([{ v: 1 }]);
    expect([...table.run.notes]).toEqual([
      'lookup goes on with what it had read of /t.csv: the quoted field that begins in line 2 is not closed',
      'lookup goes on with what it had read of /t.csv: it does not exist',
    ]);
    write('t.csv', 'id,v\na,3\n');
    expect(table.nextBatch().find('a')).toEqual([{ v: 3 }]);
  });

  test('fails with exit 3 where there is no table at the start', () => {
    expect(failure(join(directory, 't.csv'))).toEqual([3, 'lookup cannot read /t.csv: it does not exist']);
    expect(failure(write('t.csv', ''))).toEqual([3, 'lookup cannot read /t.csv: it is empty, without even a header']);
    expect(failure(write('t.csv', 'a,b\n1,2,3\n'))[1]).toContain('line 2 has more fields than there are columns');
    expect(failure(write('t.csv', 'a,b\n\n"1"x,2\n'))[1]).toContain('text behind a closing quote in line 3');
    expect(failure(write('t.csv', 'a,b\n'), 'c')[1]).toContain('no column is called "c"; there are a, b');
    expect(failure(write('t.csv', Buffer.from('id,city\n1,x\n2,caf\u00e9\n', 'latin1')))[1]).toContain(
      'not valid UTF-8 in line 3; convert it, as by iconv',
    );
    expect(failure(write('t.csv', Buffer.from('id\n1\n', 'utf16le')))[1]).toContain(
      'a null character in line 1, as UTF-16',
    );
    expect(failure(write('t.json', '{"a":1}'))[1]).toContain('a list of objects was expected, found an object');
    expect(failure(write('t.json', '[1]'))[1]).toContain('objects were expected, found 1');
    expect(failure(write('t.jsonl', '{}\n{'))[1]).toContain('not JSON in line 2');
  });

  test.each(['zstd', 'xz', 'bzip2', 'lz4'].filter(canPack))(
    'waits for a table that is packed by %s, and reads it again',
    async (packing) => {
      const name = `t.csv.${ENDINGS[packing]!}`;
      const file = write(name, await packedBy(packing, 'id,v\na,1\n'));
      const found = new Lookup(file);
      // There is nothing before it was waited for, as where the stage is only looked at.
      expect(found.of({ id: 'a' })).toEqual([{ id: 'a' }]);
      expect(await found.nextWaited()).toBe(true);
      expect(found.find('a', 'b')).toEqual([{ v: 1 }, { v: null }]);
      expect(await found.nextWaited()).toBe(true);
      write(name, await packedBy(packing, 'id,v\na,2\n'));
      // All of a batch has one table.
      expect(found.find('a')).toEqual([{ v: 1 }]);
      await found.nextWaited();
      await found.nextWaited();
      expect(found.find('a')).toEqual([{ v: 2 }]);
      const whole = await packedBy(packing, 'id,v\na,3\n');
      write(name, whole.subarray(0, whole.length - 6));
      await found.nextWaited();
      await found.nextWaited();
      expect(found.find('a')).toEqual([{ v: 2 }]);
      expect([...found.run.notes]).toEqual([
        expect.stringMatching(/^lookup goes on with what it had read of \/t\.csv\.\w+: what is packed in it /),
      ]);
      expect(found.run.failures).toEqual([]);
    },
  );

  test('a packed table that cannot be read at the start ends the run', async () => {
    const torn = (await packedBy('zstd', 'id,v\na,1\n')).subarray(0, 12);
    for (const [file, why] of [
      [join(directory, 'none.csv.zst'), 'it does not exist'],
      [write('t.csv.zst', torn), 'what is packed in it ends too early'],
      [write('t.csv.xz', 'PK\x03\x04'), /^it is a zip archive/],
    ] as const) {
      const found = new Lookup(file);
      await found.nextWaited();
      expect(found.run.failures).toMatchObject([{ code: 'table-unreadable', exit: 3 }]);
      const said = found.run.failures[0]!.message.replace(/^lookup cannot read [^:]*: /, '');
      expect(said).toMatch(why);
    }
    // Under a name that does not say so, it is not waited for.
    const named = write('t.csv', await packedBy('zstd', 'id,v\na,1\n'));
    expect(() => new Lookup(named)).toThrow('it is packed by zstd: give it a name that says so, as `users.csv.zst`');
  });

  test('unpacks a table that is packed, whatever it is called', () => {
    const packed = gzipSync('id,v\na,1\n');
    for (const name of ['t.csv', 't.csv.gz']) {
      expect(new Lookup(write(name, packed)).nextBatch().find('a')).toEqual([{ v: 1 }]);
    }
  });

  test('refuses a file whose name does not say what it is', () => {
    const { check } = lookup.parameters.file!;
    expect(check?.('table')).toBe(
      'a table is a file whose name ends in .csv, .tsv, .json, .jsonl, .ndjson, or stands in a database: `postgres://…`, `mysql://…`, or a file of SQLite that ends in .db, .sqlite or .sqlite3',
    );
    expect(check?.('a/Table.CSV')).toBeUndefined();
  });
});
