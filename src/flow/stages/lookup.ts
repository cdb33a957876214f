import { copyOf, hasField } from '../../base/fields.ts';
import { BadRecord, RunFailure, type TextFault } from '../../base/problem.ts';
import { objectOf, type Type, UNKNOWN } from '../../base/type.ts';
import { aKind, isFields, setField, type Value } from '../../base/value.ts';
import { calledPlace, hasVariable } from '../connections/secrets.ts';
import { DatabaseTable } from '../databases/database-table.ts';
import { readTableName } from '../databases/names.ts';
import { isSelect } from '../databases/statement.ts';
import { DATABASE_PLACES, placeFault, systemAt } from '../databases/systems.ts';
import type { Compiled } from '../define/compiled.ts';
import type { RunContext } from '../define/context.ts';
import { duration, fileOrUrl, flag, lambda, text } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import type { Emit } from '../define/step.ts';
import { isPackedName, isTableName, TABLE_ENDINGS } from '../parsing/table.ts';
import type { Looked } from '../tables/looked.ts';
import { PackedTable } from '../tables/packed-table.ts';
import { TableFile } from '../tables/table-file.ts';

interface Arguments {
  readonly file: string;
  readonly table: string | undefined;
  readonly on: Compiled;
  readonly key: string | undefined;
  readonly inner: boolean;
  readonly every: number;
}

/** How old a table of a database becomes unless it is said, ms. */
const MINUTE = 60_000;

/** @throws RunFailure where a file and a table of a database are taken for each other. */
function tableFor({ file, table, key, every }: Arguments, run: RunContext): Looked {
  const system = systemAt(file);
  const called = calledPlace(file);
  if (system === undefined) {
    if (table === undefined)
      return isPackedName(file) ? new PackedTable(file, key, run) : new TableFile(file, key, run);
    throw new RunFailure(
      'arguments-apart',
      2,
      `lookup has a table, "${table}", and ${called} is no database: it is ${DATABASE_PLACES}`,
      'leave the table out: a file is one',
    );
  }
  if (table !== undefined) return new DatabaseTable({ system, place: file, table, key, every, run });
  throw new RunFailure(
    'arguments-apart',
    2,
    `lookup needs a table of ${called}, or a select`,
    'put it behind the database: `lookup("…", "users", on: .id)`',
  );
}

/** Puts the columns of the row found into each object; nulls where there is none, or leaves the record out. */
function lookingUp(args: Arguments, run: RunContext): (record: Value, emit: Emit) => void {
  const { on, inner } = args;
  const table = tableFor(args, run);
  return (record, emit) => {
    if (!isFields(record)) throw new BadRecord('lookup needs an object', `found ${aKind(record)}`);
    const found = table.current();
    if (found === undefined) {
      emit(record);
      return;
    }
    const row = found.find(on.call(record));
    if (row === undefined && inner) return;
    const joined = copyOf(record);
    found.columns.forEach((name, i) => {
      if (hasField(record, name))
        run.note(`lookup puts "${name}" of ${table.called} in place of the field of that name`);
      setField(joined, name, row?.[i] ?? null);
    });
    emit(joined);
  };
}

function placeProblem(place: string): string | TextFault | undefined {
  if (!hasVariable(place) && systemAt(place) === undefined && !isTableName(place))
    return `a table is a file whose name ends in ${TABLE_ENDINGS.join(', ')}, or stands in a database: ${DATABASE_PLACES}`;
  return placeFault(place);
}

/** Which columns the table has, and so which fields it replaces, is not known ahead of the run. */
function withColumns(input: Type): Type {
  if (input.kind !== 'object') return objectOf({});
  return objectOf([...input.fields.keys()].map((name) => [name, UNKNOWN]));
}

const COUNTRIES = 'code,country,people\nfr,France,68\nde,Germany,84\n';

export const lookup = defineStage({
  name: 'lookup',
  group: 'streams',
  summary: 'Puts the columns of the matching row of a table into each object',
  synonyms: ['enrich', 'dimension', 'database'],
  docs:
    'Reads a table from a file, CSV or TSV with a header line, or JSON (a list of objects; `.jsonl`: one object a line), also packed (`users.csv.gz`, `.zst`, `.xz`, `.bz2`, `.lz4`), and looks up the row whose key column is what `on` gives. ' +
    'The key column is the first one, or `key:`. The other columns are put behind the fields of the object, in place of fields that have their names; they are null where no row matches, or ' +
    'the record is left out with `inner: true`. The cells of CSV and TSV are read as `csv` reads them: numbers where the text is a JSON number, null where there is none. A number and a text that is its spelling are one key, as in `join`; ' +
    'null matches nothing. Of several rows with one key the last counts. ' +
    'When the file changes it is read again, in full, in the next batch; while it is gone or broken the table stays as it was, and a note says so. ' +
    'A program that changes it should write a new file and rename it, so that no half of it is read. ' +
    'If it cannot be read at the start, or is not UTF-8, the run fails with exit code 3. ' +
    'With a URL of PostgreSQL or MySQL, or a file of SQLite, and the name of a table, or a select, it reads that, all of it, and again `every: 1m`: ' +
    '`lookup("postgres://app:${PGPASSWORD}@localhost/shop", "users", key: "id", on: .user)`. A batch has the rows as of its start. ' +
    'A server that is away at the start is waited for, and told; later the table stays as it was, and a note says so.',
  examples: [
    {
      program: 'json | lookup("countries.csv", on: .from)',
      in: '{"from":"de"}\n{"from":"xx"}',
      files: { 'countries.csv': COUNTRIES },
      out: '{"from":"de","country":"Germany","people":84}\n{"from":"xx","country":null,"people":null}',
    },
    {
      program: 'json | lookup("countries.csv", key: "country", on: .name, inner: true)',
      in: '{"name":"France"}\n{"name":"Atlantis"}',
      files: { 'countries.csv': COUNTRIES },
      out: '{"name":"France","code":"fr","people":68}',
    },
  ],
  parameters: {
    file: fileOrUrl('the file of the table, whose ending says what it is, or the database that it stands in').checked(
      placeProblem,
    ),
    table: text('the name of a table in the database, or a select')
      .checked((table) =>
        isSelect(table) || readTableName(table) !== undefined
          ? undefined
          : 'it is the name of a table, `"users"` or `"shop.users"`, or one `select`',
      )
      .optional(),
    on: lambda('gives the key to look up', (input) => [input], { named: true }),
    key: text('the column that the key is looked up in; the first unless given', { named: true }).optional(),
    inner: flag('leave out records that no row matches'),
    every: duration('how often a table of a database is read again', {
      named: true,
      with: 'table',
      apart: true,
    }).or(MINUTE),
  },
  needs: 'objects',
  instead: '`json`, `csv` or `map({…})` before it',
  gives: withColumns,
  awaits: ({ file }) => systemAt(file) !== undefined || isPackedName(file),
  behaviour: { kind: 'record', create: lookingUp },
});
