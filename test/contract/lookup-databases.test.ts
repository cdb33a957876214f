/** The promises of `lookup` over tables of databases, over all of them that are installed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fields, field, type Value } from '../../src/base/value.ts';
import { opaque } from '../../src/flow/define/compiled.ts';
import { lookup } from '../../src/flow/stages/lookup.ts';
import { Leat } from '../cli/harness.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { asking, databases, type Place } from '../support/servers.ts';
import { TestRun } from '../unit/windows/harness.ts';

const EVERY = 1000;

/** A run that waits as the executor does, and whose clock is the test's. */
class WaitingRun extends TestRun {
  readonly notes: string[] = [];
  readonly ending = new AbortController();
  ask: () => Promise<void> | undefined = () => undefined;

  override note(message?: string): void {
    if (!this.notes.includes(message ?? '')) this.notes.push(message ?? '');
  }

  awaits(ask: () => Promise<void> | undefined): AbortSignal {
    this.ask = ask;
    return this.ending.signal;
  }

  /** Waits until nothing is missing. */
  async ready(): Promise<this> {
    for (let missing = this.ask(); missing !== undefined && this.failures.length === 0; missing = this.ask()) {
      await missing;
    }
    return this;
  }
}

/** A lookup of the field `id`, by the column `id`. */
class Lookup {
  readonly run = new WaitingRun();
  private readonly work: (record: Value, emit: (record: Value) => void) => void;

  constructor(place: string, table: string, args: { readonly key?: string; readonly inner?: boolean } = {}) {
    const { behaviour } = lookup;
    if (behaviour.kind !== 'record') throw new Error('lookup works record by record');
    const on = opaque((record) => field(record!, 'id'));
    const given = { inner: false, key: 'id', every: EVERY, ...args, file: place, table, on };
    this.work = behaviour.create(given as never, this.run);
  }

  of(...records: readonly Value[]): Value[] {
    const out: Value[] = [];
    for (const record of records) this.work(record, (given) => out.push(given));
    return out;
  }

  /** The names that are found for the keys. */
  names(...ids: readonly Value[]): Value[] {
    return this.of(...ids.map((id) => ({ id }))).map((record) => field(record as Fields, 'name'));
  }

  /** The next batch, some time later. */
  next(later = EVERY): this {
    this.run.tick += later;
    this.run.clock.moveTo(this.run.clock.now() + later);
    return this;
  }
}

describe.each(databases.filter(({ isInstalled }) => isInstalled))('lookup in $name', (database) => {
  const { system } = database;
  let server: Place;
  const ask = (...statements: readonly string[]) =>
    asking(system, server.place, async (connection) => {
      for (const statement of statements) await connection.ask(statement);
    });
  /** A table of its own for each test. */
  const made = async (name: string) => {
    await ask(
      `create table ${name} (id bigint, name varchar(40), n decimal(20, 2))`,
      `insert into ${name} values (1, 'Ada', 2.50), (7, 'Bo', null), (9007199254740993, 'long', 1), (null, 'none', 1)`,
    );
    return name;
  };

  beforeAll(async () => {
    server = await database.begin();
  });
  afterAll(() => server.stop());

  test('puts the columns of a table behind the fields, whatever way a key is spelt', async () => {
    const table = new Lookup(server.place, await made('people'));
    await table.run.ready();
    expect(table.of({ id: 1, x: 1 }, { id: '7' }, { id: 9007199254740993n }, { id: 2 }, { id: null })).toEqual([
      { id: 1, x: 1, name: 'Ada', n: 2.5 },
      { id: '7', name: 'Bo', n: null },
      { id: 9007199254740993n, name: 'long', n: 1 },
      { id: 2, name: null, n: null },
      { id: null, name: null, n: null },
    ]);
  });

  test('takes a select, and of several rows with one key the last', async () => {
    await made('several');
    await ask("insert into several values (1, 'Eve', 3)");
    const select = 'select name as who, id from several where id < 9 order by id, n;';
    const table = new Lookup(server.place, select, { inner: true });
    await table.run.ready();
    expect(table.of({ id: 1 }, { id: 8 }, { id: 7 })).toEqual([
      { id: 1, who: 'Eve' },
      { id: 7, who: 'Bo' },
    ]);
    expect(table.run.notes.filter((note) => note.includes('several rows of the select of'))).toHaveLength(1);
  });

  test('knows the columns of a table without rows', async () => {
    await ask('create table nobody (id int, name varchar(9))');
    const table = new Lookup(server.place, 'nobody');
    await table.run.ready();
    expect(table.of({ id: 1 })).toEqual([{ id: 1, name: null }]);
  });

  test('has what is there for a batch that begins when the table is too old, and not before', async () => {
    const table = new Lookup(server.place, await made('aging'));
    await table.run.ready();
    expect(table.names(1)).toEqual(['Ada']);
    await ask("update aging set name = 'Eve' where id = 1");
    await table.next(EVERY - 1).run.ready();
    expect(table.names(1)).toEqual(['Ada']);
    table.run.clock.moveTo(EVERY);
    await table.run.ready();
    // It has been read, and the batch goes on as it began.
    expect(table.names(1)).toEqual(['Ada']);
    await table.next(1).run.ready();
    expect(table.names(1)).toEqual(['Eve']);
  });

  test('holds up nothing that comes in real time to be read again', async () => {
    const table = new Lookup(server.place, await made('living'));
    table.run.live = true;
    await table.run.ready();
    expect(table.names(1)).toEqual(['Ada']);
    await ask("update living set name = 'Eve' where id = 1");
    expect(table.next().run.ask()).toBeUndefined();
    while (table.next(1).names(1)[0] !== 'Eve') await new Promise((resolve) => setTimeout(resolve, 5));
    expect(table.run.notes.join()).not.toContain('goes on');
  });

  test('keeps the table while it cannot be read again, and says so once', async () => {
    const table = new Lookup(server.place, await made('leaving'));
    await table.run.ready();
    expect(table.names(7)).toEqual(['Bo']);
    await ask('drop table leaving');
    for (let times = 0; times < 3; times++) {
      await table.next().run.ready();
      expect(table.names(7)).toEqual(['Bo']);
    }
    expect(table.run.notes.filter((note) => note.startsWith('lookup goes on with'))).toHaveLength(1);
    await made('leaving');
    await ask("update leaving set name = 'Cy' where id = 7");
    await table.next().run.ready();
    expect(table.next().names(7)).toEqual(['Cy']);
    expect(table.run.failures).toEqual([]);
  });

  test('fails with exit 3 and the words of the database, where there is no such table or column', async () => {
    const { run } = new Lookup(server.place, 'no_such_table');
    await run.ready();
    expect(run.failures).toMatchObject([
      { exit: 3, code: 'table-unreadable', message: expect.stringMatching(/^lookup cannot read no_such_table of /) },
    ]);
    const other = new Lookup(server.place, await made('keyed'), { key: 'code' });
    await other.run.ready();
    expect(other.run.failures[0]?.message).toMatch(/no column is called "code"; there are id, name, n$/);
  });

  test('waits for a server that is away, and holds up no end', async () => {
    if (server.absent === undefined) return;
    const { run } = new Lookup(server.absent, 'people');
    const ready = run.ask();
    while (!run.notes.some((note) => note.endsWith('; trying again'))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    run.ending.abort();
    await ready;
    expect(run.failures).toEqual([]);
  });

  test('ends at once where a password is refused, and shows none', async () => {
    if (server.wrong === undefined) return;
    const { run } = new Lookup(server.wrong, 'people');
    await run.ready();
    expect(run.failures).toMatchObject([{ exit: 3 }]);
    expect([run.failures[0]!.message, ...run.notes].join()).not.toContain('not-the-word');
  });

  test('is read before the first record of a run, and in each batch that is due', async () => {
    const table = await made('running');
    const program = `queue([{id: 1}], [{id: 7}], [{id: 2}]) | lookup(${JSON.stringify(server.place)}, "${table}", on: .id, every: 1s)`;
    const leat = new Leat(['--format', 'json', program], temporaryDirectory());
    const { stdout, code } = await leat.ended;
    expect([code, stdout]).toEqual([
      0,
      '{"id":1,"name":"Ada","n":2.5}\n{"id":7,"name":"Bo","n":null}\n{"id":2,"name":null,"n":null}\n',
    ]);
  });

  test('goes on with a file that many threads would read otherwise', async () => {
    const table = await made('many');
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'in.jsonl'), '{"id":1}\n{"id":7}\n{"id":5}\n'.repeat(1000));
    const program = `files("in.jsonl") | json | lookup(${JSON.stringify(server.place)}, "${table}", on: .id) | countBy(.name)`;
    const leat = new Leat(['--workers', '2', '--format', 'json', program], folder);
    const { stdout, stderr, code } = await leat.ended;
    expect([code, stderr.replace(/^.*password.*\n/, '')]).toEqual([0, '']);
    expect(stdout.trim().split('\n').sort()).toEqual(['["Ada",1000]', '["Bo",1000]', '[null,1000]']);
  });
});
