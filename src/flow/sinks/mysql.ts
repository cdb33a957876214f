import { MYSQL } from '../databases/mysql.ts';
import { databaseUrl, openTable, tableParameters } from '../databases/parameters.ts';
import { defineSink } from '../define/sink.ts';

export const mysql = defineSink({
  name: 'mysql',
  summary: 'Writes the records of each batch to a table of MySQL or MariaDB',
  synonyms: ['mariadb', 'database', 'sql', 'insert', 'upsert', 'jdbc'],
  docs:
    'Connects when the run starts, so that a wrong password is told before anything is read. Each batch is written in one transaction, in which leat also writes down how far it has come, in the table `leat_positions`: so it is there once, also where the server or a run with `--checkpoint` is killed and goes on. ' +
    'Input that is one batch is written 10,000 records at a time. A table that is not there is made: its columns are the fields of the first batch, numbers as `double`, times as `datetime(3)` in UTC, lists and objects as `json`, texts of a key as `varchar(255)` in which each sign counts, unless `columns:` names a type. ' +
    'With `key:` a row takes the place of the one that has its key, and of two in one batch the later counts; without, rows are added. With `replace: true` the table is the newest result. A field without a column is left out, with a note; a record whose value does not fit its column is a bad record. ' +
    'A server that cannot be reached is tried again for `retry:`, and what reads waits; then, and at once where it refuses something, the run ends with exit code 4 and its own words. A password belongs into the environment, and `${NAME}` in the URL stands for it. TLS is asked for in the URL: `?ssl={"rejectUnauthorized":true}`.',
  examples: [
    {
      program:
        'json | groupBy(.path, {n: count()}) | mysql("mysql://app:${MYSQL_PWD}@localhost/shop", "hits", key: .path)',
      in: '{"path":"/"}',
      out: '',
      notRun: 'it needs a server',
    },
  ],
  parameters: { url: databaseUrl(MYSQL, ['mysql', 'mariadb']), ...tableParameters },
  promise: 'exact',
  create: ({ url, ...args }, context, from) => openTable(MYSQL, url, args, context, from),
});
