import { MYSQL } from '../databases/mysql.ts';
import { givesRows, queryBehaviour, urlQueryParameters } from '../databases/query-source.ts';
import { defineSource } from '../define/source.ts';

export const mysql = defineSource({
  name: 'mysql',
  summary: 'The rows that a select gives in MySQL or MariaDB, also those that come later',
  synonyms: ['mariadb', 'select', 'sql', 'database', 'jdbc'],
  docs:
    'Gives an object for each row; times are in ms since the epoch, JSON is what it holds. It asks once and ends, and holds all of the answer meanwhile; with `after: "id"`, a column that grows from row to row, it asks for 10,000 rows at a time in its order, and with `every: 5s` goes on with those that come later: each comes once, ' +
    'also where a run with `--checkpoint` is killed and goes on, since the last value of the column is its position. A row that becomes visible when later ones have been read, as that of a long transaction, or one that is changed, is not seen. ' +
    'A server that cannot be reached is waited for, and told; what it refuses ends the run with exit code 3 and its own words.',
  examples: [
    {
      program:
        'mysql("mysql://app:${MYSQL_PWD}@localhost/shop", "select id, path, ms from requests", every: 5s, after: "id") | groupBy(.path, {n: count()})',
      notRun: 'it needs a table',
      out: '{"path":"/","n":1}',
    },
  ],
  parameters: urlQueryParameters(MYSQL, ['mysql', 'mariadb']),
  gives: givesRows,
  behaviour: (args) => queryBehaviour(MYSQL, args, ({ url }) => url),
});
