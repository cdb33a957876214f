/** The promises of sources that ask databases, over all of them that are installed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { toJson } from '../../src/base/json.ts';
import type { Value } from '../../src/base/value.ts';
import type { Position } from '../../src/flow/define/position.ts';
import { mysql } from '../../src/flow/sources/mysql.ts';
import { postgres } from '../../src/flow/sources/postgres.ts';
import { sqlite } from '../../src/flow/sources/sqlite.ts';
import { KINDS } from '../support/column-values.ts';
import { asking, databases, type Place } from '../support/servers.ts';
import { openSource, TestRun } from '../support/source.ts';

const SOURCES = { sqlite, postgres, mysql };

describe.each(databases.filter(({ isInstalled }) => isInstalled))('$name', (database) => {
  const { system, at } = database;
  const source = SOURCES[database.name as keyof typeof SOURCES];
  let server: Place;
  const ask = (...statements: readonly string[]) =>
    asking(system, server.place, async (connection) => {
      for (const statement of statements) await connection.ask(statement);
    });
  /** Rows of which some have the same number: `tie` of each. */
  const fill = (table: string, count: number, tie = 1) => {
    const groups = Array.from({ length: Math.ceil(count / 1000) }, (_, g) =>
      Array.from(
        { length: Math.min(1000, count - g * 1000) },
        (_each, i) => `(${Math.floor((g * 1000 + i) / tie)}, 'it''s ${g * 1000 + i}')`,
      ),
    );
    return ask(
      `create table ${table} (id bigint, name varchar(40))`,
      ...groups.map((rows) => `insert into ${table} values ${rows.join(',')}`),
    );
  };
  const open = (args: { readonly [name: string]: unknown }, run: TestRun, from?: Position, place = server.place) =>
    openSource(source, { [at]: place, ...args }, run, from);

  beforeAll(async () => {
    server = await database.begin();
    await fill('few', 5);
    await fill('many', 25_000);
    await fill('tied', 21_000, 7);
  });
  afterAll(() => server.stop());

  const idsOf = (records: readonly Value[]) => records.map((record) => (record as unknown as { id: number }).id);
  const countTo = (count: number, tie = 1) => Array.from({ length: count }, (_, i) => Math.floor(i / tie));

  test('gives what a select gives, and ends', async () => {
    const run = new TestRun();
    await open(
      { query: 'select id, name as "a name" from few where id < 2 and name <> \'?\' order by id;' },
      run,
    ).run();
    expect(run.records).toEqual([
      { id: 0, 'a name': "it's 0" },
      { id: 1, 'a name': "it's 1" },
    ]);
  });

  test.each([
    ['many', 25_000, 1],
    ['tied', 21_000, 7],
  ])('reads %s rows in pages, and goes on behind each of them', async (table, count, tie) => {
    const args = { query: `select * from ${table}`, after: 'id' };
    const run = new TestRun();
    await open(args, run).run();
    expect(idsOf(run.records)).toEqual(countTo(count, tie));
    // Of rows with one number, any may be the first.
    expect(run.records[0]).toEqual({ id: 0, name: expect.stringMatching(/^it's \d$/) });
    expect(run.cuts.length).toBeGreaterThan(3);
    for (const { count: before, position } of run.cuts.slice(1)) {
      const rest = new TestRun();
      const from = JSON.parse(position!) as Position;
      await open(args, rest, from).run();
      expect(idsOf([...run.records.slice(0, before), ...rest.records])).toEqual(countTo(count, tie));
    }
  });

  test('goes on right behind a number with all of its digits', async () => {
    await ask('create table exact (id double precision)', 'insert into exact values (1700000000.123456)');
    const args = { query: 'select * from exact', after: 'id' };
    const run = new TestRun();
    await open(args, run).run();
    await ask('insert into exact values (1700000000.123457)');
    const next = new TestRun();
    await open(args, next, run.position).run();
    expect(idsOf([...run.records, ...next.records])).toEqual([1700000000.123456, 1700000000.123457]);
  });

  test('goes on with rows that come later, also where the server was away', async () => {
    await fill('later', 3);
    const run = new TestRun();
    const running = open({ query: 'select * from later', after: 'id', every: 20 }, run).run();
    await run.until(() => run.records.length === 3);
    await ask("insert into later values (10, 'x'), (11, 'y')");
    await run.until(() => run.records.length === 5);
    if (server.absent !== undefined) {
      server.kill();
      await run.until(() => run.notes.some((note) => note.endsWith('; trying again')));
      server.start();
    }
    await ask("insert into later values (12, 'z')");
    await run.until(() => run.records.length === 6);
    run.abort();
    await running;
    expect(idsOf(run.records)).toEqual([0, 1, 2, 10, 11, 12]);
  });

  test('asks again as often as it is told to, whatever has come', async () => {
    await fill('paced', 3);
    let sleeps: (wake: () => void) => void = () => {};
    const asleep = new Promise<() => void>((resolve) => {
      sleeps = resolve;
    });
    const clock: Clock = {
      now: () => 0,
      at(_time, wake) {
        sleeps(wake);
        return () => {};
      },
    };
    const run = new TestRun({ clock });
    run.shut();
    const running = open({ query: 'select * from paced', after: 'id', every: 1000 }, run).run();
    await run.until(() => run.records.length === 3);
    await ask("insert into paced values (10, 'x')");
    run.reopen();
    const wake = await asleep;
    expect(idsOf(run.records)).toEqual([0, 1, 2]);
    wake();
    await run.until(() => run.records.length === 4);
    run.abort();
    await running;
  });

  test('gives each value as it stands there, or says so', async () => {
    const { statements, json, notes } = KINDS[database.name]!;
    await ask(...statements);
    const run = new TestRun();
    // Told once, however many rows there are.
    await open({ query: 'select * from kinds union all select * from kinds' }, run).run();
    expect(run.records.map(toJson)).toEqual([json, json]);
    const told = run.notes.flatMap((note) => /: (".*)$/.exec(note)?.[1] ?? []);
    expect(told.toSorted()).toEqual(notes);
  });

  test.skipIf(database.name !== 'postgres')('whatever form of values the user has set', async () => {
    await ask(
      "alter role current_user set datestyle = 'SQL, DMY'",
      'alter role current_user set extra_float_digits = 0',
    );
    const run = new TestRun();
    await open({ query: "select timestamp '2026-02-01 03:04:05' as at, 0.1::float8 + 0.2::float8 as sum" }, run).run();
    await ask('alter role current_user reset all');
    expect(run.records).toEqual([{ at: Date.UTC(2026, 1, 1, 3, 4, 5), sum: 0.1 + 0.2 }]);
  });

  test('goes on behind a number that is written with an exponent', async () => {
    await fill('large', 3);
    const args = { query: 'select id * 1e20 as id from large', after: 'id' };
    const run = new TestRun();
    await open(args, run).run();
    await ask("insert into large values (7, 'x')");
    const next = new TestRun();
    await open(args, next, run.position).run();
    expect([...run.records, ...next.records].map((record) => Number((record as unknown as { id: number }).id))).toEqual(
      [0, 1e20, 2e20, 7e20],
    );
  });

  test.skipIf(database.name === 'postgres')('refuses a column of bytes to go on behind', async () => {
    await ask('create table raw (id varbinary(4))', "insert into raw values (x'ff01'), (x'ff02')");
    const failure = await open({ query: 'select * from raw', after: 'id' }, new TestRun())
      .run()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'query-failed',
      exit: 3,
      message: expect.stringMatching(/^id of .* is bytes/),
    });
  });

  test('holds up no end, however long the server takes for an answer', async () => {
    if (server.absent === undefined) return;
    const run = new TestRun();
    const query = database.name === 'mysql' ? 'select sleep(600)' : 'select pg_sleep(600)';
    const running = open({ query }, run).run();
    await new Promise((resolve) => setTimeout(resolve, 500));
    run.abort();
    await running;
    expect(run.records).toEqual([]);
    expect(run.notes.join()).not.toContain('trying again');
  });

  test('tells what is refused in its own words', async () => {
    const failure = await open({ query: 'select * from no_such_table' }, new TestRun())
      .run()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ exit: 3, message: expect.stringMatching(/^cannot read from .*no_such_table/) });
    expect((failure as Error).message).not.toContain('leat:leat');
  });
});
