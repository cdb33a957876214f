import { BadRecord } from '../../base/problem.ts';

/** The text of a field; null where nothing stands between two delimiters, which `""` is not. */
export type Field = string | null;

/** The fields of a row without quotes. */
export function fieldsOf(line: string, delimiter: string): readonly Field[] {
  const fields: Field[] = [];
  let start = 0;
  for (let end = line.indexOf(delimiter); end >= 0; end = line.indexOf(delimiter, start)) {
    fields.push(end === start ? null : line.slice(start, end));
    start = end + delimiter.length;
  }
  fields.push(start === line.length ? null : line.slice(start));
  return fields;
}

/**
 * Reads one row of RFC 4180, line by line, since a quoted field may hold line ends. A quote that does not begin a field is text like
 * any other.
 */
export class RowReader {
  private readonly delimiter: string;
  private readonly fields: Field[] = [];
  /** What is read of a quoted field that is not closed. */
  private quoted: string | undefined;
  /** Whether a quote stood in a field that did not begin with one, where that is looked for. */
  hasBareQuote = false;
  private readonly isStrict: boolean;

  /**
   * @param isStrict whether to look for quotes where none belongs.
   * @param isInside whether the next line begins in a quoted field.
   */
  constructor(delimiter: string, { isStrict = false, isInside = false } = {}) {
    this.delimiter = delimiter;
    this.isStrict = isStrict;
    if (isInside) this.quoted = '';
  }

  /** Whether the next line begins in a quoted field. */
  get isOpen(): boolean {
    return this.quoted !== undefined;
  }

  /**
   * Reads the next line of the row.
   *
   * @returns the fields, null for an empty one without quotes; or undefined if the row goes on in the next line.
   * @throws BadRecord where text follows a closing quote; the row is lost.
   */
  read(line: string): readonly Field[] | undefined {
    let at = 0;
    if (this.quoted !== undefined) this.quoted += '\n';
    for (;;) {
      if (this.quoted === undefined && line[at] === '"') {
        this.quoted = '';
        at++;
      }
      if (this.quoted === undefined) {
        const end = line.indexOf(this.delimiter, at);
        const text = line.slice(at, end < 0 ? line.length : end);
        if (this.isStrict && text.includes('"')) this.hasBareQuote = true;
        this.fields.push(text || null);
        if (end < 0) return this.fields;
        at = end + this.delimiter.length;
        continue;
      }
      const quote = line.indexOf('"', at);
      if (quote < 0) {
        this.quoted += line.slice(at);
        return undefined;
      }
      this.quoted += line.slice(at, quote);
      at = quote + 1;
      if (line[at] === '"') {
        this.quoted += '"';
        at++;
        continue;
      }
      this.fields.push(this.quoted);
      this.quoted = undefined;
      if (at === line.length) return this.fields;
      if (!line.startsWith(this.delimiter, at)) {
        throw new BadRecord('text behind a closing quote', `at character ${at + 1}`);
      }
      at += this.delimiter.length;
    }
  }
}

/** The fields of a row that is over, undefined where it goes on, or why it is bad. */
export function attempt(reader: RowReader, line: string): readonly Field[] | BadRecord | undefined {
  try {
    return reader.read(line);
  } catch (problem) {
    if (problem instanceof BadRecord) return problem;
    throw problem;
  }
}

/**
 * The names of the columns that a header gives: one without a name is called by its number, `column3`, and one whose name was there
 * before `name_2`, so that no column hides another.
 */
export function columnNames(header: readonly Field[]): readonly string[] {
  const taken = new Set(header);
  const given = new Set<string>();
  return header.map((field, index) => {
    const name = field ?? '';
    let unique = name === '' ? `column${index + 1}` : name;
    for (let n = 2; given.has(unique) || (unique !== name && taken.has(unique)); n++) {
      unique = `${name === '' ? `column${index + 1}` : name}_${n}`;
    }
    given.add(unique);
    return unique;
  });
}
