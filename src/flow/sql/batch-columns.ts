import { toJson, toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { isFields, isList, isNumber, type Value } from '../../base/value.ts';
import { quoted, quotedText } from '../databases/names.ts';
import { namedCells } from '../records/named-cells.ts';
import { type SqlType, sqlText, sqlTypeOf, structureOf } from './types.ts';

/** A column of the table that a batch is put into, of one of the kinds that go over fast. */
export interface RawColumn {
  readonly kind: 'double' | 'text' | 'boolean';
  readonly values: readonly (number | string | boolean | null)[];
}

/** A batch as a table of SQL. */
export interface BatchTable {
  /** Its rows: the records, without those that cannot be any. */
  readonly records: readonly Value[];
  readonly raw: readonly RawColumn[];
  /** What the table looks like to whoever asks: a select over the raw columns, `c0` and so on. */
  readonly view: string;
  /** Rows in which a value does not fit the type that its column is said to have, by the number of the column. */
  readonly wrong: readonly { readonly column: number; readonly condition: string }[];
  /** The names of the raw columns. */
  readonly names: readonly string[];
}

/**
 * How many columns a batch has, and how many of earlier batches are known in those that have no value of them: what others send may have a name of
 * its own in each record, and each column has a cell in every row.
 */
const MOST_COLUMNS = 1000;

/** How batches become tables. What columns earlier ones had is remembered, by their types: so a batch that happens to have no value of one has the column all the same. */
export class BatchColumns {
  /** Types by the names of columns. */
  readonly known = new Map<string, string>();
  private readonly declared: ReadonlyMap<string, string>;

  /** @param declared types of columns that the program gives, as SQL says them. */
  constructor(declared: ReadonlyMap<string, string>) {
    this.declared = declared;
  }

  /** @param bad told a record that can be no row. */
  table(all: readonly Value[], bad: (problem: BadRecord, record: Value) => void): BatchTable {
    const { known, declared } = this;
    const columns = new Map<string, Value[]>();
    const records = all.filter((record) => {
      const others = namedCells(record).filter(([name]) => !columns.has(name));
      const problem = columnFault(others, columns.size);
      if (problem === undefined) for (const [name] of others) columns.set(name, []);
      else bad(problem, record);
      return problem === undefined;
    });
    for (const values of columns.values()) for (let i = 0; i < records.length; i++) values.push(null);
    records.forEach((record, i) => {
      for (const [name, value] of namedCells(record)) columns.get(name)![i] = value;
    });
    const taken = new Set<string>();
    const raw: RawColumn[] = [];
    const shown: string[] = [];
    const wrong: { readonly column: number; readonly condition: string }[] = [];
    for (const [name, values] of columns) {
      const at = `c${raw.length}`;
      const own = declared.get(name);
      if (own !== undefined) {
        wrong.push({ column: raw.length, condition: `${at} is not null and ${misfit(at, own)}` });
        raw.push({ kind: 'text', values: values.map((value) => textFor(value, own)) });
        shown.push(`try_cast(${at} as ${own}) as ${quoted(free(name, taken))}`);
        continue;
      }
      const type = sqlTypeOf(values);
      if (type !== 'null' && (known.has(name) || known.size < MOST_COLUMNS)) known.set(name, sqlText(type));
      const cell = type === 'null' ? nothing(known.get(name)) : casted(at, type);
      raw.push(rawOf(values, type));
      shown.push(`${cell} as ${quoted(free(name, taken))}`);
    }
    for (const [name, type] of [...declared, ...known]) {
      if (!columns.has(name) && !taken.has(name.toLowerCase())) {
        shown.push(`${nothing(type)} as ${quoted(free(name, taken))}`);
      }
    }
    // A table has a column at least, and so many rows.
    if (raw.length === 0) raw.push({ kind: 'boolean', values: records.map(() => null) });
    if (shown.length === 0) shown.push('null as value');
    return { records, raw, view: `select ${shown.join(', ')} from leat_rows`, wrong, names: [...columns.keys()] };
  }
}

/** Why fields can be no columns beside those that there are, if so. */
function columnFault(others: ReturnType<typeof namedCells>, count: number): BadRecord | undefined {
  const named = others.find(([name]) => name.includes('\0'));
  if (named !== undefined) return new BadRecord('the name of a column has no null character', toJson(named[0]));
  if (count + others.length <= MOST_COLUMNS) return undefined;
  return new BadRecord(`it has fields beyond the ${MOST_COLUMNS} columns that a batch may have`, toJson(others[0]![0]));
}

/** Names of SQL are the same in upper and lower case: the second one gets a number, as in what DuckDB reads from files. */
function free(name: string, taken: Set<string>): string {
  const first = name === '' ? '_' : name;
  let own = first;
  for (let number = 1; taken.has(own.toLowerCase()); number++) own = `${first}_${number}`;
  taken.add(own.toLowerCase());
  return own;
}

/** That a text is none of a type. A whole number is one without a fraction, which DuckDB would round. */
function misfit(at: string, type: string): string {
  const isNone = `try_cast(${at} as ${type}) is null`;
  return /int/i.test(type) && !/interval/i.test(type)
    ? `(${isNone} or try_cast(${at} as double) <> trunc(try_cast(${at} as double)))`
    : isNone;
}

function nothing(type: string | undefined): string {
  return type === undefined ? 'null' : `cast(null as ${type})`;
}

function casted(at: string, type: SqlType): string {
  if (type === 'double' || type === 'varchar' || type === 'boolean') return at;
  if (type === 'bigint' || type === 'hugeint') return `cast(${at} as ${type})`;
  if (type === 'json') return `cast(${at} as json)`;
  return `json_transform(cast(${at} as json), ${quotedText(toJson(structureOf(type)))})`;
}

function rawOf(values: readonly Value[], type: SqlType): RawColumn {
  if (type === 'boolean') return { kind: 'boolean', values: values as readonly (boolean | null)[] };
  if (type === 'double')
    return { kind: 'double', values: values.map((value) => (value === null ? null : Number(value))) };
  const isNested = type === 'json' || typeof type === 'object';
  const write = isNested ? toJson : toText;
  return { kind: 'text', values: values.map((value) => (value === null ? null : write(value))) };
}

/** A value of a column whose type is given, as a text to be read as one: a number that is to be a moment is in ms, as all of them are. */
function textFor(value: Value, type: string): string | null {
  if (value === null) return null;
  if (isFields(value) || isList(value)) return toJson(value);
  if (!isNumber(value) || !/^(?:timestamp|datetime|date\b)/i.test(type)) return toText(value);
  const time = new Date(Number(value));
  return Number.isNaN(time.getTime()) ? toText(value) : time.toISOString();
}
