import { type FieldKey, nameOf } from '../../base/field-key.ts';
import { keysOf } from '../../base/fields.ts';
import { toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { type Fields, isFields, isList, type Value } from '../../base/value.ts';
import type { Format, Write } from './format.ts';
import { type Columns, cellsOf, columnsNamed, columnsOf, type RowKind } from './rows.ts';

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

/** The columns, and what records are under them; no kind yet where only a header that was there already is known. */
interface Mark {
  readonly names: readonly string[];
  readonly kind?: RowKind;
}

/**
 * Comma- or tab-separated values, quoted by RFC 4180, with lines that end in `\n` as everywhere else. The header is written once,
 * before the first record of all; an output without records has none.
 *
 * Null is an empty cell, the empty string `""`, lists and objects are JSON.
 */
export function separatedFormat(write: Write, options: SeparatedOptions): Format {
  const { separator } = options;
  const special = separator === ',' ? /[",\r\n]/ : /["\t\r\n]/;
  const from = options.from as unknown as Mark | null | undefined;
  /** The names of a header that is there already. */
  const header = from?.names ?? options.columns;
  let columns: Columns | undefined = from?.kind && columnsNamed(from.kind, from.names);
  /** The columns, and the fields that were named as missing from them. */
  let known = new Set<FieldKey>(columns?.keys);
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
    if (columns.kind === 'object') nameOthers(record, columns.names);
  };

  const nameOthers = (record: Value, names: readonly string[]): void => {
    for (const key of keysOf(record as Fields)) {
      if (known.has(key)) continue;
      known.add(key);
      options.note(
        `the field "${nameOf(key)}" is not in the columns, which are those of the first records: ${names.join(', ')}`,
      );
    }
  };

  const start = (records: readonly Value[]): void => {
    columns = header === undefined ? columnsOf(records) : columnsLike(header, records);
    if (header === undefined) write(row(columns.names));
    known = new Set(columns.keys);
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
      if (columns !== undefined) return { names: columns.names, kind: columns.kind };
      return header === undefined ? null : { names: header };
    },
  };
}

/** What the columns of a file that is there already mean for these records. */
function columnsLike(names: readonly string[], records: readonly Value[]): Columns {
  const kind = columnsOf(records).kind;
  const same = kind === 'pair' ? ['key', 'value'] : kind === 'value' ? ['value'] : names;
  // Records that do not fit are told apart one by one when they are written.
  return names.join('\n') === same.join('\n') ? columnsNamed(kind, names) : columnsNamed('object', names);
}

function cell(value: Value, special: RegExp): string {
  if (value === null) return '';
  if (value === '') return '""';
  const text = toText(value);
  const plain = typeof value === 'string' || isList(value) || isFields(value) ? !special.test(text) : true;
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}
