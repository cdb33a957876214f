/** The promises of sinks that write to tables, over every database: SQLite's files, and servers of PostgreSQL and MariaDB where they are installed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseSpeltJson } from '../../src/base/number-text.ts';
import { BOOLEAN, objectOf, TIME } from '../../src/base/type.ts';
import { field, type Value } from '../../src/base/value.ts';
import type { SinkContext } from '../../src/flow/define/context.ts';
import type { Sink, SinkStart } from '../../src/flow/define/sink.ts';
import { asking, databases, type Place, rowsOf, wantsServers } from '../support/servers.ts';
import { batch, openSink, runBatches, sinkContext } from '../support/sink.ts';

test('every database can be asked for where all are wanted', () => {
  const absent = databases.filter(({ isInstalled }) => !isInstalled).map(({ name }) => name);
  if (absent.length > 0)
    console.warn(`left out, since it is not installed: ${absent.join(', ')}; npm run test:servers installs it`);
  if (wantsServers) expect(absent).toEqual([]);
});

describe.each(databases.filter(({ isInstalled }) => isInstalled))('$name', (database) => {
  const { system, sink: definition, at } = database;
  let server: Place;
  let table: string;
  let count = 0;
  beforeAll(async () => {
    server = await database.begin();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    table = `t${++count}`;
  });

  type Args = { readonly [name: string]: unknown };
  const open = (args: Args, context: SinkContext, from?: SinkStart, place = server.place): Sink =>
    openSink(definition, { [at]: place, table, ...args }, context, from);
  const rows = (sql: string) => rowsOf(system, server.place, sql);
  const named = (name: string) => system.quote(name);

  async function written(args: Args, batches: readonly (readonly Value[])[], changes: Partial<SinkContext> = {}) {
    const { context, reports } = sinkContext(changes);
    await runBatches(open(args, context), batches);
    return reports;
  }

  test('has all rows, whatever is in them, in order', async () => {
    const texts = [
      'plain',
      '',
      "it's",
      '"quoted"',
      'back\\slash\\',
      'a?b $1 {x} \\N NULL',
      'two\nlines\r\n',
      '日本語 👩‍👩‍👧',
      '%_',
      ' ',
    ];
    const reports = await written({}, [texts.map((text, i) => ({ i, text })), [], [{ i: 10, text: null }]]);
    expect(reports.failures).toEqual([]);
    expect(await rows(`select text from ${table} order by i`)).toEqual([...texts, null].map((text) => [text]));
  });

  test('keeps what values are', async () => {
    const time = Date.UTC(2026, 10, 26, 8, 30, 15, 125);
    const type = objectOf({ at: TIME, yes: BOOLEAN });
    const record = { n: 1.5, big: 2n ** 60n, yes: true, list: [1, { a: 'é"' }], at: time, none: null };
    const reports = await written({}, [[record, { n: -3, big: 7, yes: false, list: [], at: 0, none: null }]], { type });
    expect(reports.failures).toEqual([]);
    const [found] = await asking(system, server.place, (database) =>
      database.ask(`select * from ${table} order by n desc`),
    );
    expect(Number(field(found!, 'n'))).toBe(1.5);
    expect(BigInt(String(field(found!, 'big')).replace(/\.0+$/, ''))).toBe(2n ** 60n);
    expect(Boolean(field(found!, 'yes'))).toBe(true);
    const list = field(found!, 'list');
    expect(typeof list === 'string' ? JSON.parse(list) : list).toEqual([1, { a: 'é"' }]);
    const stored = field(found!, 'at');
    const at = typeof stored === 'number' ? stored : Date.parse(`${String(stored)}Z`);
    expect(at).toBe(time);
    expect(field(found!, 'none')).toBeNull();
  });

  test('tells, once, of a column that does not keep all digits of its numbers', async () => {
    const long = parseSpeltJson('12345678901234567890.125');
    const few = parseSpeltJson('1.10');
    const reports = await written({}, [
      [{ n: 1.5, m: few }],
      [
        { n: long, m: few },
        { n: long, m: few },
      ],
    ]);
    expect({ bads: reports.bads, failures: reports.failures }).toEqual({ bads: [], failures: [] });
    expect(reports.notes.filter((note) => note.includes('digits'))).toEqual([
      `"n" of ${table} does not keep all digits of its numbers, which it holds as doubles`,
    ]);
    expect(await rows(`select count(*) from ${table} where n > 1e19`)).toEqual([[2]]);
    // A table that is made for them has a column that does, where there are such.
    const other = `${table}b`;
    const made = await written({ table: other }, [[{ n: long }]]);
    const isKept = made.notes.every((note) => !note.includes('digits'));
    expect(isKept).toBe(database.name !== 'sqlite');
    if (isKept) expect((await rows(`select n from ${other}`)).map(([n]) => String(n))).toEqual([String(long)]);
  });

  test('takes names that mean something', async () => {
    const names = ['select', 'a"b', "c'; drop table x; --", 'd`e', 'f?g', '$1', 'ü', '__proto__'];
    const name = `we"ird' t?ble; -- ${count}`;
    const record = JSON.parse(`{${names.map((each, i) => `${JSON.stringify(each)}:${i}`).join(',')}}`) as Value;
    const written_ = `"${name.replaceAll('"', '""')}"`;
    const reports = await written({ table: written_, key: ['a"b'] }, [[record], [record]]);
    expect(reports.failures).toEqual([]);
    // A driver may not give what is called __proto__.
    const columns = names.slice(0, -1).map(named).join(', ');
    expect(await rows(`select ${columns} from ${named(name)}`)).toHaveLength(1);
  });

  test('puts a row in the place of the one with its key, and of two in a batch takes the later', async () => {
    const batches = [
      [
        { a: 'x', b: 1, n: 1 },
        { a: 'x', b: 2, n: 2 },
        { a: 'x', b: 1, n: 3 },
      ],
      [
        { a: 'x', b: 2, n: 4 },
        { a: 'X', b: 2, n: 5 },
        { a: 'x ', b: 2, n: 6 },
      ],
    ];
    const reports = await written({ key: ['a', 'b'] }, batches);
    expect([reports.failures, reports.bads]).toEqual([[], []]);
    expect(await rows(`select n from ${table} order by n`)).toEqual([[3], [4], [5], [6]]);
  });

  test('counts a record without a key as bad, and one that does not fit its column', async () => {
    const reports = await written({ key: ['id'] }, [
      [{ id: 1, n: 1 }],
      [{ id: null, n: 1 }, { id: 2, n: 'no number' }, { id: 3, n: 3 }, 'text'],
    ]);
    expect(reports.failures).toEqual([]);
    expect(reports.bads.map(({ problem }) => problem.reason)).toEqual(
      [
        '"id" is null, and its column takes no null',
        '"n" is not a number, as its column needs',
        'not an object, as the columns need',
      ].map((reason, i) => (i === 0 ? expect.stringMatching(/^"id" is null, and/) : reason)),
    );
    expect(await rows(`select id from ${table} order by id`)).toEqual([[1], [3]]);
  });

  test('is the newest result where it replaces, also an empty one', async () => {
    await written({ replace: true }, [[{ n: 1 }, { n: 2 }], [{ n: 3 }]]);
    expect(await rows(`select n from ${table}`)).toEqual([[3]]);
    await written({ replace: true }, [[]]);
    expect(await rows(`select n from ${table}`)).toEqual([]);
  });

  test('makes nothing of empty batches', async () => {
    const reports = await written({}, [[], []]);
    expect(reports.failures).toEqual([]);
    const columns = await asking(system, server.place, (database) =>
      database.columnsOf({ schema: undefined, name: table, text: table }),
    );
    expect(columns).toBeUndefined();
  });

  test('writes to a table that is there by its columns, and tells what has none', async () => {
    await asking(system, server.place, (database) =>
      database.ask(`create table ${table} (id integer, name varchar(5), more integer default 7)`),
    );
    const reports = await written({}, [
      [
        { name: 'abc', id: 1, other: true },
        { name: 'too long', id: 2, other: 1 },
      ],
    ]);
    expect(reports.failures).toEqual([]);
    expect(reports.notes.join('\n')).toContain('the field "other" is not in');
    const found = await rows(`select id, name, more from ${table} order by id`);
    expect(found[0]).toEqual([1, 'abc', 7]);
  });

  test('takes large records, and more than it holds at once', async () => {
    const { context, reports } = sinkContext();
    const sink = open({}, context);
    const large = 'ä'.repeat(700_000);
    let held = 0;
    for (let i = 0; i < 4; i++) {
      sink.push({ i, large });
      sink.close(batch(i + 1));
      if (sink.blocked() !== undefined) held++;
      await sink.blocked();
    }
    await sink.finish();
    expect(reports.failures).toEqual([]);
    expect(held).toBeGreaterThan(0);
    expect(await rows(`select count(*) as n, min(length(large)) > 600000 as large from ${table}`)).toEqual([
      [4, expect.anything()],
    ]);
  });

  describe('goes on from a mark', () => {
    const batches = Array.from({ length: 6 }, (_, b) => Array.from({ length: 3 }, (_each, i) => ({ id: b * 3 + i })));
    const kept = { intents: { write: async () => {} } };

    /** Writes batches and is left behind after `done` of them; a mark was kept behind `marked`. */
    async function abandoned(changes: Partial<SinkContext>, marked: number, done: number, isCut = false) {
      const { context } = sinkContext({ ...kept, ...changes });
      const sink = open({}, context);
      let mark: Value | undefined;
      for (const [i, records] of batches.slice(0, done).entries()) {
        if (i === marked) mark = await sink.mark!();
        for (const record of records) sink.push(record);
        if (!isCut) sink.close(batch(i + 1));
      }
      if (marked === done) mark = await sink.mark!();
      sink.flush?.();
      // What was given to it is there; the process is gone.
      const { context: other } = sinkContext({ ...kept, ...changes });
      await sink.mark!();
      return { mark: mark!, other };
    }

    test.each([
      [0, 0],
      [0, 3],
      [2, 5],
      [3, 3],
      [5, 6],
    ])('behind batch %i, where %i were written', async (marked, done) => {
      const { mark, other } = await abandoned({}, marked, done);
      const from = JSON.parse(JSON.stringify(mark)) as Value;
      await runBatches(open({}, other, { mark: from, intents: [] }), batches.slice(marked));
      expect(await rows(`select id from ${table} order by id`)).toEqual(batches.flat().map(({ id }) => [id]));
    });

    test.each([
      [false, [[1], [2], [3]]],
      [true, [[3]]],
    ])('whatever empty batches there were, which do not come again (replace: %s)', async (replace, expected) => {
      const first = open({ replace }, sinkContext(kept).context);
      const mark = (await first.mark!())!;
      for (const [i, records] of [[], [], [], [{ id: 1 }]].entries()) {
        for (const record of records) first.push(record);
        first.close(batch(i + 1));
      }
      await first.mark!();
      const { context, reports } = sinkContext(kept);
      await runBatches(open({ replace }, context, { mark, intents: [] }), [[{ id: 1 }], [{ id: 2 }], [{ id: 3 }]]);
      expect(reports.failures).toEqual([]);
      expect(await rows(`select id from ${table} order by id`)).toEqual(expected);
    });

    test.each([
      [0, 4],
      [2, 5],
    ])('within the one batch of a bounded input, cut otherwise: %i of %i', async (marked, done) => {
      const bounded = { isOneBatch: true, isOfOneSource: true };
      const { mark, other } = await abandoned(bounded, marked, done, true);
      const sink = open({}, other, { mark, intents: [] });
      for (const record of batches.slice(marked).flat()) {
        sink.push(record);
        sink.flush!();
      }
      sink.close(batch(1));
      await sink.finish();
      expect(await rows(`select id from ${table} order by id`)).toEqual(batches.flat().map(({ id }) => [id]));
    });

    test('and refuses a database that lacks what was written to it', async () => {
      const { mark, other } = await abandoned({}, 2, 3);
      await asking(system, server.place, (database) => database.ask('delete from leat_positions'));
      const { context, reports } = sinkContext({ ...kept, files: other.files });
      const sink = open({}, context, { mark, intents: [] });
      await sink.blocked();
      await sink.finish();
      expect(reports.failures.map(({ code, exit }) => [code, exit])).toEqual([['sink-position', 4]]);
    });
  });

  test('leaves nothing of its own behind where nobody goes on', async () => {
    await asking(system, server.place, (database) => database.ask('delete from leat_positions'));
    await written({}, [[{ n: 1 }]]);
    expect(await rows('select * from leat_positions')).toEqual([]);
  });

  test('waits for one who holds the table, and what reads waits for it', async () => {
    await written({ key: ['id'] }, [[{ id: 1, n: 0 }]]);
    const other = await system.open(server.place);
    await other.ask(system.begin);
    await other.ask(`update ${table} set n = 5 where id = 1`);
    const { context, reports } = sinkContext();
    const sink = open({ key: ['id'] }, context);
    await sink.blocked();
    sink.push({ id: 1, n: 1, more: 'x'.repeat(10) });
    for (let i = 2; i < 5; i++) {
      sink.close(batch(i));
      for (let id = i * 1000; id < i * 1000 + 10; id++) sink.push({ id, n: id });
    }
    const finished = sink.finish();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await Promise.race([finished.then(() => 'done'), 'waits'])).toBe('waits');
    await other.ask('commit');
    await other.close();
    await finished;
    expect(reports.failures).toEqual([]);
    expect(await rows(`select n from ${table} where id = 1`)).toEqual([[1]]);
  });

  test('tells at the start what will not do, in its own words, and no secret', async () => {
    const { wrong, absent } = server;
    if (wrong === undefined || absent === undefined) return;
    for (const [place, code, said] of [
      [wrong, 'sink-refused', /password/i],
      [absent, 'sink-unreachable', /nobody listens there/],
    ] as const) {
      const { context, reports } = sinkContext();
      const sink = open({ retry: 300 }, context, undefined, place);
      await sink.blocked();
      expect(reports.failures.map((failure) => [failure.code, failure.exit])).toEqual([[code, 4]]);
      expect(reports.failures[0]!.message).toMatch(said);
      expect(JSON.stringify(reports)).not.toMatch(/not-the-word|leat:leat/);
      sink.push({ n: 1 });
      sink.close(batch(1));
      expect(sink.blocked()).toBeUndefined();
      await sink.finish();
      expect(reports.failures).toHaveLength(1);
    }
  });

  test('writes each batch once where the server is killed and comes again', async () => {
    if (server.absent === undefined) return;
    const { context, reports } = sinkContext();
    const sink = open({}, context);
    for (let i = 1; i <= 40; i++) {
      for (let n = 0; n < 200; n++) sink.push({ id: i * 1000 + n });
      sink.close(batch(i));
      if (i === 20) {
        server.kill();
        server.start();
      }
      if (i % 10 === 0) await sink.blocked();
    }
    await sink.finish();
    expect(reports.failures).toEqual([]);
    expect(await rows(`select count(*) as n, count(distinct id) as ids from ${table}`)).toEqual([[8000, 8000]]);
  });
});
