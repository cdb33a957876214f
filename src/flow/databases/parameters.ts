import { entriesOf } from '../../base/fields.ts';
import { RunFailure, type TextFault } from '../../base/problem.ts';
import { type Fields, isFields, type Value } from '../../base/value.ts';
import { retry } from '../connections/retrying.ts';
import { calledPlace, hasOpenPassword, OPEN_PASSWORD, secret, variableFault } from '../connections/secrets.ts';
import type { SinkContext } from '../define/context.ts';
import { type Bound, columnNames, constant, flag, text } from '../define/parameters.ts';
import type { Sink, SinkStart } from '../define/sink.ts';
import { driverFault } from '../drivers/driver.ts';
import type { DatabaseSystem } from './database.ts';
import { readTableName } from './names.ts';
import { TableSink } from './table-sink.ts';

/** A type of a column, as a database calls it: `bigint`, `numeric(10, 2)`, `timestamp with time zone`. */
const TYPE = /^[a-z_][\w ]*(?:\(\s*\d+(?:\s*,\s*\d+)?\s*\))?[\w ]*(?:\[\])?$/i;

/** Types of columns by their names. */
export function columnTypes(docs: string) {
  return constant(docs, { named: true }).checked(wrongTypes).optional();
}

/** What all sinks of tables take behind their place. */
export const tableParameters = {
  table: text('the table, with its schema in front if need be: `"shop.orders"`; made if it is not there').checked(
    (name) =>
      readTableName(name) === undefined
        ? 'the name of a table is `"orders"` or `"schema.orders"`, with quotes around a part that has a point in it'
        : undefined,
  ),
  key: columnNames('the columns of the key, `.id` or `[.day, .path]`: a row takes the place of the one with its key', {
    named: true,
  }).optional(),
  append: flag(
    'rows are added to those that are there, which they are as well where neither `key:` nor `replace:` is given',
  ),
  replace: flag('each batch takes the place of all rows of the table, so that it is the newest result'),
  columns: columnTypes(
    'types of columns for a table that is made: `{id: "bigint"}`; for the others those of the first batch',
  ),
  retry,
};

function wrongTypes(value: Value): string | undefined {
  const isRight =
    isFields(value) && entriesOf(value).every(([, type]) => typeof type === 'string' && TYPE.test(type.trim()));
  return isRight ? undefined : 'types of columns are an object of texts, `{id: "bigint", name: "varchar(40)"}`';
}

/** The URL of a database, whose scheme is one of these. */
export function databaseUrl(system: DatabaseSystem, schemes: readonly string[]) {
  const example = `${schemes[0]}://user:\${PASSWORD}@host/database`;
  return secret(`where the database is: \`"${example}"\``).checked((url): string | TextFault | undefined => {
    const isRight = url.startsWith('${') || schemes.some((scheme) => url.toLowerCase().startsWith(`${scheme}://`));
    return isRight ? (variableFault(url) ?? systemFault(system, url)) : `it is no URL of ${system.name}`;
  });
}

/** That a database can be spoken to at all. */
export function systemFault({ driver }: DatabaseSystem, place: string): TextFault | undefined {
  return driver && driverFault(driver, place.length);
}

/** Opens a sink of a table. */
export function openTable(
  system: DatabaseSystem,
  place: string,
  { table, key, append, replace, columns, retry: within }: Bound<typeof tableParameters>,
  context: SinkContext,
  from: SinkStart | undefined,
): Sink {
  if (append && (key !== undefined || replace)) {
    const other = replace ? 'replace' : 'key';
    throw new RunFailure(
      'arguments-apart',
      2,
      `\`append: true\` adds rows to ${table}, and \`${other}:\` puts them in the place of others: give one of the two`,
    );
  }
  if (hasOpenPassword(place)) context.note(OPEN_PASSWORD);
  return new TableSink({
    system,
    place,
    called: calledPlace(place),
    table: readTableName(table)!,
    key,
    replaces: replace,
    types: new Map(
      columns === undefined ? [] : (entriesOf(columns as Fields) as readonly (readonly [string, string])[]),
    ),
    retry: within,
    context,
    from,
  });
}
