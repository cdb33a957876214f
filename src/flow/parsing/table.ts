import { isUtf8 } from 'node:buffer';
import { extname } from 'node:path';
import { joinIdentity } from '../../base/compare.ts';
import { namesOf } from '../../base/fields.ts';
import { JsonError, parseJson, toJson, toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { aKind, type Fields, field, isFields, isList, isNumber, type Value } from '../../base/value.ts';
import { meaningOf } from './field-types.ts';
import { columnNames, type Field, RowReader } from './row.ts';

/** A table that rows are looked up in. */
export interface Table {
  /** The columns beside the key's, in order. */
  readonly columns: readonly string[];
  /** The values of the row with this key, in the order of the columns. */
  find(key: Value): readonly Value[] | undefined;
  /** How many keys stood in more than one row; the last one counts. */
  readonly repeated: number;
}

/** A text that is no table; the message says where. */
export class TableError extends Error {}

/** What a table file holds before a key is chosen. */
interface Rows {
  readonly columns: readonly string[];
  /** Cells of a text format are still text. */
  readonly rows: readonly (readonly Value[])[];
  /** Whether cells have types of their own, which those of text formats have not. */
  readonly typed: boolean;
}

const READERS: { readonly [ending: string]: (text: string) => Rows } = {
  '.csv': (text) => readDelimited(text, ','),
  '.tsv': (text) => readDelimited(text, '\t'),
  '.json': readJson,
  '.jsonl': readJsonLines,
  '.ndjson': readJsonLines,
};

/** The endings of file names that tell what is in them. */
export const TABLE_ENDINGS: readonly string[] = Object.keys(READERS);

/** The ending of what is packed, where the file is. */
function endingOf(path: string): string {
  return extname(path.replace(/\.(?:gz|zst|xz|bz2|lz4)$/i, '')).toLowerCase();
}

/** Whether a file is packed, by its name, so that it takes a while to be read. What gzip packs is unpacked at once. */
export function isPackedName(path: string): boolean {
  return /\.(?:zst|xz|bz2|lz4)$/i.test(path);
}

/** Whether the name of a file tells how to read it. */
export function isTableName(path: string): boolean {
  return Object.hasOwn(READERS, endingOf(path));
}

/**
 * Reads a table.
 *
 * @param path only its ending counts.
 * @param bytes what is in the file, which has to be UTF-8.
 * @param key the column to look up by; the first if undefined.
 * @throws TableError if the text is not what the ending says, or has no such column.
 */
export function readTable(path: string, bytes: Buffer, key: string | undefined): Table {
  const text = decoded(bytes);
  const read = READERS[endingOf(path)]!;
  return keyed(read(text.startsWith('\ufeff') ? text.slice(1) : text), key);
}

/**
 * A table of rows that have types of their own, as those of a database.
 *
 * @param key the column to look up by; the first if undefined.
 * @throws TableError if there is no such column.
 */
export function tableOf(rows: readonly Fields[], key: string | undefined): Table {
  return keyed(fromObjects(rows), key);
}

function keyed({ columns, rows, typed }: Rows, key: string | undefined): Table {
  const at = key === undefined ? 0 : columns.indexOf(key);
  if (at < 0) throw new TableError(`no column is called "${key}"; there are ${columns.join(', ') || 'none'}`);
  return new KeyedTable(columns, rows, at, typed);
}

/** Text as it is; what it would not say with characters in place of bad bytes is not made up. */
function decoded(bytes: Buffer): string {
  if (!isUtf8(bytes)) {
    const line = badLineOf(bytes);
    throw new TableError(`not valid UTF-8 in line ${line}; convert it, as by iconv -f latin1 -t utf-8`);
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw new TableError(`a null character in line ${lineAt(bytes, nul)}, as UTF-16 has them`);
  return bytes.toString();
}

const NEWLINE = 10;

/** The number of the first line that is not UTF-8. */
function badLineOf(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(NEWLINE, start) + 1 || bytes.length;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end;
  }
  return line;
}

function lineAt(bytes: Buffer, at: number): number {
  let line = 1;
  for (const byte of bytes.subarray(0, at)) if (byte === NEWLINE) line++;
  return line;
}

/**
 * Keys meet by how they are spelt, as those of joins do: the text "7" and the number 7 both find a `7` of any file, where only "007" finds
 * `007`, and 1000 does not find `1e3`, which may be a name.
 */
class KeyedTable implements Table {
  readonly columns: readonly string[];
  repeated = 0;
  private readonly rows = new Map<string, readonly Value[]>();

  constructor(columns: readonly string[], rows: readonly (readonly Value[])[], at: number, typed: boolean) {
    this.columns = columns.toSpliced(at, 1);
    for (const row of rows) {
      const key = row[at]!;
      if (key === null) continue;
      const id = spelt(key);
      if (this.rows.has(id)) this.repeated++;
      const others = row.toSpliced(at, 1);
      this.rows.set(id, typed ? others : others.map((cell) => (typeof cell === 'string' ? meaningOf(cell) : cell)));
    }
  }

  find(key: Value): readonly Value[] | undefined {
    return key === null ? undefined : this.rows.get(spelt(key));
  }
}

function spelt(key: Value): string {
  return isNumber(key) ? String(joinIdentity(key)) : toText(key);
}

function readDelimited(text: string, delimiter: string): Rows {
  let columns: readonly string[] | undefined;
  const rows: (readonly Value[])[] = [];
  let open: RowReader | undefined;
  let line = 0;
  let first = 0;
  for (const ended of text.split('\n')) {
    line++;
    const content = ended.endsWith('\r') ? ended.slice(0, -1) : ended;
    if (open === undefined && content === '') continue;
    if (open === undefined) first = line;
    open ??= new RowReader(delimiter);
    const cells = readLine(open, content, line);
    if (cells === undefined) continue;
    open = undefined;
    if (columns === undefined) columns = columnNames(cells);
    else if (cells.length > columns.length) throw new TableError(`line ${line} has more fields than there are columns`);
    else rows.push(columns.map((_, i) => cells[i] ?? null));
  }
  if (open !== undefined) throw new TableError(`the quoted field that begins in line ${first} is not closed`);
  if (columns === undefined) throw new TableError('it is empty, without even a header');
  return { columns, rows, typed: false };
}

function readLine(reader: RowReader, text: string, line: number): readonly Field[] | undefined {
  try {
    return reader.read(text);
  } catch (error) {
    if (error instanceof BadRecord) throw new TableError(`${error.reason} in line ${line}`);
    throw error;
  }
}

function readJson(text: string): Rows {
  const list = parse(text, '');
  if (!isList(list)) throw new TableError(`a list of objects was expected, found ${aKind(list)}`);
  return fromObjects(list);
}

function readJsonLines(text: string): Rows {
  const objects: Value[] = [];
  text.split('\n').forEach((line, i) => {
    if (line.trim() !== '') objects.push(parse(line, ` in line ${i + 1}`));
  });
  return fromObjects(objects);
}

function parse(text: string, where: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError)
      throw new TableError(error.isLimit ? `${error.message}${where}` : `not JSON${where}: ${error.message}`);
    throw error;
  }
}

/** The columns are all the fields that occur, in the order first seen; a row is null where it has none of the name. */
function fromObjects(objects: readonly Value[]): Rows {
  const columns = new Set<string>();
  for (const object of objects) {
    if (!isFields(object)) throw new TableError(`objects were expected, found ${toJson(object).slice(0, 80)}`);
    for (const name of namesOf(object)) columns.add(name);
  }
  const names = Array.from(columns);
  return { columns: names, rows: objects.map((object) => names.map((name) => field(object, name))), typed: true };
}
