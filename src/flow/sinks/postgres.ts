import { databaseUrl, openTable, tableParameters } from '../databases/parameters.ts';
import { POSTGRES } from '../databases/postgres.ts';
import { defineSink } from '../define/sink.ts';

export const postgres = defineSink({
  name: 'postgres',
  summary: 'Writes the records of each batch to a table of PostgreSQL',
  synonyms: ['postgresql', 'pg', 'psql', 'database', 'sql', 'insert', 'upsert', 'jdbc', 'copy'],
  docs:
    'Connects when the run starts, so that a wrong password is told before anything is read. Each batch is written in one transaction, in which leat also writes down how far it has come, in the table `leat_positions`: so it is there once, also where the server or a run with `--checkpoint` is killed and goes on. ' +
    'Input that is one batch is written 10,000 records at a time. A table that is not there is made: its columns are the fields of the first batch, numbers as `double precision`, times as `timestamp with time zone`, lists and objects as `jsonb`, unless `columns:` names a type. ' +
    'With `key:` a row takes the place of the one that has its key, and of two in one batch the later counts; without, rows are added. With `replace: true` the table is the newest result. A field without a column is left out, with a note; a record whose value does not fit its column is a bad record. ' +
    'A server that cannot be reached is tried again for `retry:`, and what reads waits; then, and at once where it refuses something, the run ends with exit code 4 and its own words. A password belongs into the environment, and `${NAME}` in the URL stands for it. TLS is asked for in the URL: `?sslmode=verify-full&sslrootcert=ca.pem`.',
  examples: [
    {
      program:
        'json | groupBy(.path, {n: count()}) | postgres("postgres://app:${PGPASSWORD}@localhost/shop", "hits", key: .path)',
      in: '{"path":"/"}',
      out: '',
      notRun: 'it needs a server',
    },
  ],
  parameters: { url: databaseUrl(POSTGRES, ['postgres', 'postgresql']), ...tableParameters },
  promise: 'exact',
  create: ({ url, ...args }, context, from) => openTable(POSTGRES, url, args, context, from),
});
