import { toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { isFields, isList, type Value } from '../../base/value.ts';
import type { Format, Write } from './format.ts';
import { OtherFields } from './other-fields.ts';
import { type Columns, cellsOf, columnsNamed, columnsOf, namesOfColumns } from './rows.ts';

/** How many records of the first batch the columns are taken from, at most, so that a long one need not be held. */
const LOOK_AT = 1000;

interface SeparatedOptions {
  /** `,` or a tab. */
  readonly separator: ',' | '\t';
  /** The columns of a file that is appended to; then no header is written. */
  readonly columns?: readonly string[];
  /** The mark of an output that it goes on from. */
  readonly from?: Value;
  /** Told a record that does not fit the columns. */
  readonly bad: (problem: BadRecord, record: Value) => void;
  /** Told, once a name, what is not in the columns. */
  readonly note: (message: string) => void;
}

/** The columns; only their names where nothing else is known of a header that was there already. */
interface Mark {
  readonly names: readonly string[];
  readonly columns?: Columns;
}

/**
 * Comma- or tab-separated values, quoted by RFC 4180, with lines that end in `\n` as everywhere else. The header is written once,
 * before the first record of all; an output without records has none.
 *
 * Null is an empty cell, the empty string `""`; an object within a record has a column for each of its fields, `a.b`, a list that is a key
 * one for each item, `key.1`, and other lists are JSON.
 */
export function separatedFormat(write: Write, options: SeparatedOptions): Format {
  const { separator } = options;
  const special = separator === ',' ? /[",\r\n]/ : /["\t\r\n]/;
  const from = options.from as unknown as Mark | null | undefined;
  /** The names of a header that is there already. */
  const header = from?.names ?? options.columns;
  let columns = from?.columns;
  let others = columns && new OtherFields(columns);
  /** Until the columns are known. */
  let first: Value[] | undefined = columns === undefined ? [] : undefined;

  const row = (cells: readonly Value[]): string => {
    let line = '';
    for (let i = 0; i < cells.length; i++) line += (i === 0 ? '' : separator) + cell(cells[i]!, special);
    // A line with nothing on it is skipped by many readers; it would be a lost record.
    return line === '' ? '""\n' : `${line}\n`;
  };

  const put = (record: Value, columns: Columns): void => {
    try {
      write(row(cellsOf(record, columns)));
    } catch (problem) {
      if (!(problem instanceof BadRecord)) throw problem;
      options.bad(problem, record);
      return;
    }
    for (const name of others!.of(record)) {
      const names = namesOfColumns(columns).join(', ');
      options.note(`the field "${name}" is not in the columns, which are those of the first records: ${names}`);
    }
  };

  const start = (records: readonly Value[]): void => {
    columns = header === undefined ? columnsOf(records) : columnsLike(header, records);
    if (header === undefined) write(row(namesOfColumns(columns)));
    others = new OtherFields(columns);
    first = undefined;
    for (const record of records) put(record, columns);
  };

  return {
    push(record) {
      if (columns !== undefined) return put(record, columns);
      if (first!.push(record) >= LOOK_AT) start(first!);
    },
    get isHolding() {
      return first !== undefined && first.length > 0;
    },
    close() {
      if (first !== undefined && first.length > 0) start(first);
    },
    get mark() {
      if (columns !== undefined) return { names: namesOfColumns(columns), columns } as unknown as Value;
      return header === undefined ? null : { names: header };
    },
  };
}

/** What the columns of a file that is there already mean for these records: those that they would have, by their names. */
function columnsLike(names: readonly string[], records: readonly Value[]): Columns {
  const own = columnsOf(records);
  const isOwn = own.kind !== 'object' && namesOfColumns(own).join('\n') === names.join('\n');
  if (isOwn) return own;
  // Records that do not fit are told apart one by one when they are written.
  const named = columnsNamed('object', names);
  const byName = new Map(own.kind === 'object' ? own.all.map((column) => [column.name, column]) : []);
  return { ...named, all: named.all.map((column) => byName.get(column.name) ?? column) };
}

function cell(value: Value, special: RegExp): string {
  if (value === null) return '';
  if (value === '') return '""';
  const text = toText(value);
  const plain = typeof value === 'string' || isList(value) || isFields(value) ? !special.test(text) : true;
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}

/** All of some records as such values, header and all; those that do not fit the columns are left out. */
export function separatedText(separator: ',' | '\t', records: readonly Value[]): string {
  const pieces: string[] = [];
  const format = separatedFormat((text) => pieces.push(String(text)), { separator, bad() {}, note() {} });
  for (const record of records) format.push(record);
  format.close({ time: 0, start: 0, end: 0, partial: false }, 0);
  return pieces.join('');
}
