import { POSTGRES } from '../databases/postgres.ts';
import { givesRows, queryBehaviour, urlQueryParameters } from '../databases/query-source.ts';
import { defineSource } from '../define/source.ts';

export const postgres = defineSource({
  name: 'postgres',
  summary: 'The rows that a select gives in PostgreSQL, also those that come later',
  synonyms: ['postgresql', 'pg', 'psql', 'select', 'sql', 'database', 'jdbc'],
  docs:
    'Gives an object for each row; times are in ms since the epoch, JSON is what it holds. It asks once and ends, and holds all of the answer meanwhile; with `after: "id"`, a column that grows from row to row, it asks for 10,000 rows at a time in its order, and with `every: 5s` goes on with those that come later: each comes once, ' +
    'also where a run with `--checkpoint` is killed and goes on, since the last value of the column is its position. A row that becomes visible when later ones have been read, as that of a long transaction, or one that is changed, is not seen. ' +
    'A server that cannot be reached is waited for, and told; what it refuses ends the run with exit code 3 and its own words.',
  examples: [
    {
      program:
        'postgres("postgres://app:${PGPASSWORD}@localhost/shop", "select id, path, ms from requests", every: 5s, after: "id") | groupBy(.path, {n: count()})',
      notRun: 'it needs a table',
      out: '{"path":"/","n":1}',
    },
  ],
  parameters: urlQueryParameters(POSTGRES, ['postgres', 'postgresql']),
  gives: givesRows,
  behaviour: (args) => queryBehaviour(POSTGRES, args, ({ url }) => url),
});
