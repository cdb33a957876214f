import { openTable, systemFault, tableParameters } from '../databases/parameters.ts';
import { SQLITE } from '../databases/sqlite.ts';
import { filePath } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';

export const sqlite = defineSink({
  name: 'sqlite',
  summary: 'Writes the records of each batch to a table of a SQLite file',
  synonyms: ['sqlite3', 'database', 'sql', 'insert', 'upsert'],
  docs:
    'Each batch is written in one transaction, in which leat also writes down how far it has come, in the table `leat_positions`: so it is there once, also where a run with `--checkpoint` is killed and goes on. ' +
    'Input that is one batch is written 10,000 records at a time. File, directories and table are made where they are missing; the columns of a table that is made are the fields of the first batch, numbers as `numeric`, times as `datetime` in UTC, lists and objects as `json`, unless `columns:` names a type. ' +
    'With `key:` a row takes the place of the one that has its key, and of two in one batch the later counts; without, rows are added. With `replace: true` the table is the newest result. A field without a column is left out, with a note; a record whose value does not fit its column is a bad record. ' +
    'While another program writes to the file leat waits, up to `retry:`.',
  examples: [
    {
      program: 'words | countByValue | sqlite("words.db", "counts", key: .key)',
      in: 'to be or not to be',
      out: '',
    },
    {
      program: 'json | sqlite("app.db", "requests", columns: {id: "integer"}) | none',
      in: '{"id":1,"path":"/"}',
      out: '',
    },
  ],
  parameters: {
    file: filePath('the file of the database').checked((path) => systemFault(SQLITE, path)),
    ...tableParameters,
  },
  promise: 'exact',
  create: ({ file, ...args }, context, from) => openTable(SQLITE, file, args, context, from),
});
