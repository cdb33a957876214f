import { entriesOf } from '../../base/fields.ts';
import { JsonError, parseJson } from '../../base/json.ts';
import { BadRecord, RunFailure } from '../../base/problem.ts';
import { UNKNOWN } from '../../base/type.ts';
import type { Fields, Value } from '../../base/value.ts';
import { columnTypes } from '../databases/parameters.ts';
import { isSelect } from '../databases/statement.ts';
import type { RunContext } from '../define/context.ts';
import { text } from '../define/parameters.ts';
import type { Remembering, State } from '../define/snapshot.ts';
import { defineStage } from '../define/stage.ts';
import { passingOn, type Step } from '../define/step.ts';
import { driverFault } from '../drivers/driver.ts';
import { Partitions } from '../records/partitions.ts';
import { BatchColumns } from '../sql/batch-columns.ts';
import { askSql, checkSql, DUCKDB } from '../sql/duckdb.ts';

interface Arguments {
  readonly query: string;
  readonly columns: Value | undefined;
}

type Remembered = { readonly batch: State; readonly known: readonly (readonly [name: string, type: string])[] };

/** Has the records of each batch or window answer a question. */
function asking({ query, columns }: Arguments, run: RunContext, down: Step): Step {
  // Where a stage is only looked at, nothing is started.
  if (run.awaits !== undefined) checkSql(query);
  const declared =
    columns === undefined ? [] : (entriesOf(columns as Fields) as readonly (readonly [string, string])[]);
  const types = new Map(declared);
  const batch = new Partitions();
  const made = new BatchColumns(types);
  const answered = (all: readonly Value[]): readonly string[] => {
    const table = made.table(all, (problem, record) => run.bad(problem, record));
    const { records } = table;
    if (records.length === 0) return [];
    const { rows, bad } = askSql(query, table);
    for (const [record, column] of bad) {
      const name = table.names[column]!;
      run.bad(new BadRecord(`"${name}" is not ${types.get(name)}, as \`columns:\` of sql says`), records[record]!);
    }
    return rows;
  };
  const memory: Remembering = {
    snapshot: (onlyChanges): Remembered => ({ batch: batch.memory.snapshot(onlyChanges), known: [...made.known] }),
    restore(state, origins) {
      const { batch: open, known } = state as Remembered;
      batch.memory.restore(open, origins);
      for (const [name, type] of known) made.known.set(name, type);
    },
  };
  return passingOn(down, {
    push: (record) => batch.push(record),
    // A batch is asked as a whole.
    partition() {},
    close(span) {
      const [records = []] = batch.take();
      if (records.length > 0) for (const part of answered(records)) for (const row of rowsIn(part)) down.push(row);
      down.close(span);
    },
    ...memory,
  });
}

/** A part of an answer. @throws RunFailure of exit 1 where a row of it is more than a record can be. */
function rowsIn(part: string): readonly Value[] {
  try {
    return parseJson(part) as readonly Value[];
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new RunFailure(
      'sql-failed',
      1,
      `sql cannot be answered: a row would have ${error.message}`,
      'let it give less, or a text instead: `cast(data as varchar)`',
    );
  }
}

export const sql = defineStage({
  name: 'sql',
  group: 'batch',
  summary: 'What a select of SQL gives over each batch or window, by DuckDB',
  synonyms: ['duckdb', 'select', 'query'],
  docs:
    'The records are the rows of a table named `batch`: a column for each field, pairs have `key` and `value`, and what is no object is a `value`. A column has the type that its values in the batch have in common (`bigint`, `double`, `boolean`, `varchar`; lists and objects become lists and structs), ' +
    'or the one that `columns:` says: a record that does not fit that is bad, and numbers that become moments are in ms. Each row of the answer is an object; moments are in ms since the epoch. A batch without records is not asked, and gives nothing. ' +
    'It is one `select`, in the [SQL of DuckDB](https://duckdb.org/docs/stable/sql/introduction); files can be joined, `from batch join "users.csv" using (id)`. It may read any file that leat may, and changes, loads and fetches nothing. ' +
    'A window stands before it: `window(1m) | sql("…")`. A question that cannot be answered ends the run, in DuckDB\'s own words. It needs a package: `npm install @duckdb/node-api@1.5.5-r.5`.',
  examples: [
    {
      program: 'json | sql("select path, count(*) as n, max(ms) as most from batch group by path order by n desc")',
      in: '{"path":"/a","ms":3}\n{"path":"/b","ms":5}\n{"path":"/a","ms":4}',
      out: '{"path":"/a","n":2,"most":4}\n{"path":"/b","n":1,"most":5}',
    },
    {
      program: 'json | sql("select name, ms from batch join \\"users.csv\\" using (id)")',
      in: '{"id":1,"ms":3}\n{"id":3,"ms":4}',
      files: { 'users.csv': 'id,name\n1,Ada\n2,Bob\n' },
      out: '{"name":"Ada","ms":3}',
    },
  ],
  parameters: {
    query: text('what is asked of the table `batch`: `"select count(*) as n from batch"`').checked((query) =>
      isQuestion(query) ? driverFault(DUCKDB, query.length) : 'it is one `select`',
    ),
    columns: columnTypes('types of columns, as DuckDB calls them: `{ms: "double", at: "timestamp"}`'),
  },
  needs: 'anything',
  gives: () => UNKNOWN,
  reachesOut: true,
  behaviour: { kind: 'step', exchange: () => 'whole', create: asking },
});

/** Whether it begins like a question; DuckDB knows more when the run begins. */
function isQuestion(query: string): boolean {
  return (
    isSelect(query.replaceAll(/'(?:[^']|'')*'/g, "''")) || /^\s*(?:from|summarize|describe|\(|--|\/\*)/i.test(query)
  );
}
