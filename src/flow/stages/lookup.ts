import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { copyOf, hasField } from '../../base/fields.ts';
import { BadRecord, RunFailure } from '../../base/problem.ts';
import { objectOf, type Type, UNKNOWN } from '../../base/type.ts';
import { aKind, isFields, setField, type Value } from '../../base/value.ts';
import type { Compiled } from '../define/compiled.ts';
import type { RunContext } from '../define/context.ts';
import { filePath, flag, lambda, text } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import type { Emit } from '../define/step.ts';
import { packingOf } from '../framing/packing.ts';
import { codeOf, reasonOf } from '../input/fault.ts';
import { isTableName, readTable, TABLE_ENDINGS, type Table, TableError } from '../parsing/table.ts';

/** A table that follows its file: read at the start, and again in full in the first batch that finds the file changed. */
class TableFile {
  private content: Table;
  private version: string;
  private looked: number;
  private readonly path: string;
  private readonly key: string | undefined;
  private readonly run: RunContext;

  /** @throws RunFailure of exit 3 if the file cannot be read, or is no table. */
  constructor(path: string, key: string | undefined, run: RunContext) {
    this.path = path;
    this.key = key;
    this.run = run;
    try {
      this.version = this.stat();
      this.content = this.read();
    } catch (error) {
      throw new RunFailure('table-unreadable', 3, `lookup cannot read ${path}: ${reason(error)}`);
    }
    this.looked = run.now();
  }

  /** The table as of this batch. A file that is gone or broken leaves the table as it was. */
  current(): Table {
    const now = this.run.now();
    if (now !== this.looked) {
      this.looked = now;
      this.refresh();
    }
    return this.content;
  }

  private refresh(): void {
    try {
      const version = this.stat();
      if (version === this.version) return;
      this.version = version;
      this.content = this.read();
    } catch (error) {
      this.run.note(`lookup goes on with what it had read of ${this.path}: ${reason(error)}`);
    }
  }

  private stat(): string {
    const { mtimeNs, size, ino } = statSync(this.path, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  }

  private read(): Table {
    const table = readTable(this.path, unpacked(readFileSync(this.path)), this.key);
    if (table.repeated > 0) {
      this.run.note(`some keys stand in several rows of ${this.path}; lookup takes the last row of each`);
    }
    return table;
  }
}

function unpacked(bytes: Buffer): Buffer {
  return packingOf(bytes) === 'gzip' ? gunzipSync(bytes) : bytes;
}

function reason(error: unknown): string {
  if (error instanceof TableError) return error.message;
  if (codeOf(error) === '') throw error;
  return reasonOf(error);
}

interface Arguments {
  readonly file: string;
  readonly on: Compiled;
  readonly key: string | undefined;
  readonly inner: boolean;
}

/** Puts the columns of the row found into each object; nulls where there is none, or leaves the record out. */
function lookingUp({ file, on, key, inner }: Arguments, run: RunContext): (record: Value, emit: Emit) => void {
  const table = new TableFile(file, key, run);
  return (record, emit) => {
    if (!isFields(record)) throw new BadRecord('lookup needs an object', `found ${aKind(record)}`);
    const found = table.current();
    const row = found.find(on.call(record));
    if (row === undefined && inner) return;
    const joined = copyOf(record);
    found.columns.forEach((name, i) => {
      if (hasField(record, name)) run.note(`lookup puts "${name}" of ${file} in place of the field of that name`);
      setField(joined, name, row?.[i] ?? null);
    });
    emit(joined);
  };
}

/** Which columns the file has, and so which fields it replaces, is not known ahead of the run. */
function withColumns(input: Type): Type {
  if (input.kind !== 'object') return objectOf({});
  return objectOf([...input.fields.keys()].map((name) => [name, UNKNOWN]));
}

const COUNTRIES = 'code,country,people\nfr,France,68\nde,Germany,84\n';

export const lookup = defineStage({
  name: 'lookup',
  group: 'streams',
  summary: 'Puts the columns of the matching row of a table file into each object',
  synonyms: ['enrich', 'dimension'],
  docs:
    'Reads a table from a file, CSV or TSV with a header line, or JSON (a list of objects; `.jsonl`: one object a line), also packed with gzip, and looks up the row whose key column is what `on` gives. ' +
    'The key column is the first one, or `key:`. The other columns are put behind the fields of the object, in place of fields that have their names; they are null where no row matches, or ' +
    'the record is left out with `inner: true`. The cells of CSV and TSV are read as `csv` reads them: numbers where the text is a JSON number, null where there is none. A number and a text that is its spelling are one key, as in `join`; ' +
    'null matches nothing. Of several rows with one key the last counts. ' +
    'When the file changes it is read again, in full, in the next batch; while it is gone or broken the table stays as it was, and a note says so. ' +
    'A program that changes it should write a new file and rename it, so that no half of it is read. ' +
    'If it cannot be read at the start, or is not UTF-8, the run fails with exit code 3.',
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
    file: filePath('the file of the table, whose ending says what it is').checked((path) =>
      isTableName(path) ? undefined : `the name of a table ends in ${TABLE_ENDINGS.join(', ')}`,
    ),
    on: lambda('gives the key to look up', (input) => [input], { named: true }),
    key: text('the column that the key is looked up in; the first unless given', { named: true }).optional(),
    inner: flag('leave out records that no row matches'),
  },
  needs: 'objects',
  instead: '`json`, `csv` or `map({…})` before it',
  gives: withColumns,
  behaviour: { kind: 'record', create: lookingUp },
});
