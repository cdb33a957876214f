import { toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { listOf, objectOf, type Type } from '../../base/type.ts';
import { setField, type Value } from '../../base/value.ts';
import type { Cursor, Origin } from '../batch/chunk.ts';
import type { RunContext } from '../batch/context.ts';
import { delimitedFields } from '../batch/kernel/delimited-fields.ts';
import { reportBad } from '../batch/report-bad.ts';
import { passingOn, type Step } from '../batch/step.ts';
import { flag, list, optionalFlag } from '../parameters.ts';
import { fieldReader, fieldType, textOf, types } from './parsing.ts';
import { columnNames, type Field, RowReader } from './row.ts';

/** What `csv` and `tsv` are given. */
export interface Layout {
  readonly delimiter: string;
  readonly header: boolean | undefined;
  readonly columns: readonly Value[] | undefined;
  readonly quotes: boolean;
  readonly types: boolean;
}

/** The parameters that `csv` and `tsv` share. */
export const layoutParameters = {
  header: optionalFlag('whether the first line names the columns; true unless `columns` are given'),
  columns: list('the names of the columns, instead of those of a header', { named: true }).optional(),
  types,
  quotes: flag('whether a field may be quoted; `false` takes quotes as text like any other', true),
};

/** What the documentation of both says. */
export const layoutDocs =
  'Gives an object for each row. The first line of each file or connection names the columns, unless `columns:` does; then there is no header ' +
  'line (with `header: true` there is one, which is skipped). With `header: false` alone a row is a list. A column without a name is called by its ' +
  'number, `column3`, and a second `a` is `a_2`. Where there is a header line, nothing that holds lines until the end of a batch may stand before. Fields may be quoted as in RFC 4180, `""` standing for a quote, and then may hold delimiters ' +
  'and line ends (`\\n`); a row that is still open at the end of a batch goes on in the next. Missing fields at the end of a row are null; a row with more ' +
  'fields than columns is bad, and so is text behind a closing quote and a quote that is never closed (within 1 MB). Empty lines are passed over. ' +
  'Values are strings, and numbers where the text is a JSON number (`types: false` keeps strings); an empty field is null, `""` the empty string (with `types: false` both are).';

export function layoutType({ header, columns, types }: Layout): Type {
  if (columns !== undefined) {
    return objectOf(Object.fromEntries(columnNames(columns.map(toText)).map((name) => [name, fieldType(types)])));
  }
  return header === false ? listOf(fieldType(types)) : objectOf({});
}

/** Whether there is a header line, to be looked for at the start of each file or connection. */
export function hasHeader({ header, columns }: Pick<Layout, 'header' | 'columns'>): boolean {
  return header ?? columns === undefined;
}

/** The most that a row over several lines may hold, in UTF-16 units, so that a stray quote does not swallow a file. */
const LONGEST_ROW = 1024 * 1024;
/** The most rows that may be open at a time, one an origin: connections that broke off in the middle of a row never close theirs. */
const MOST_OPEN = 64;

const NEVER_CLOSED = 'a quoted field is not closed';

/** The rows of one origin. */
interface Table {
  readonly origin: Origin | null;
  started: boolean;
  /** Undefined until the header was read; null for good if it could not be read. */
  columns: readonly string[] | null | undefined;
  open: OpenRow | undefined;
}

/** A row of which a quoted field goes on in the next line. */
interface OpenRow {
  readonly reader: RowReader;
  readonly lines: string[];
  /** The number of its first line. */
  readonly line: number;
  size: number;
}

/** Reads rows from lines; it remembers the header and an open row of each origin. */
class RowStep {
  private readonly layout: Layout;
  private readonly run: RunContext;
  private readonly down: Step;
  private readonly readField: (field: Field) => Value;
  private readonly columns: readonly string[] | undefined;
  private readonly hasHeader: boolean;
  private readonly tables = new WeakMap<Origin, Table>();
  private readonly unplaced: Table = newTable(null);
  private readonly opened = new Set<Table>();

  constructor(layout: Layout, run: RunContext, down: Step) {
    this.layout = layout;
    this.run = run;
    this.down = down;
    const read = fieldReader(layout.types);
    this.readField = (field) => (field === null ? (layout.types ? null : '') : read(field));
    this.columns = layout.columns && columnNames(layout.columns.map(toText));
    this.hasHeader = hasHeader(layout);
  }

  push(record: Value): void {
    try {
      this.line(this.table(this.run.cursor.origin), textOf(record));
    } catch (problem) {
      reportBad(this.run, problem, record);
    }
  }

  /**
   * The columns of the lines to come from where the cursor stands; undefined while lines have to be pushed one by one: up to the end of
   * the header, within a row, and where rows are lists.
   */
  columnsNow(): readonly string[] | undefined {
    const table = this.table(this.run.cursor.origin);
    if (!table.started || table.open !== undefined) return undefined;
    return (this.hasHeader ? table.columns : this.columns) ?? undefined;
  }

  /** The rows that are still open are bad. */
  finish(): void {
    for (const table of this.opened) this.giveUp(table, NEVER_CLOSED);
  }

  private table(origin: Origin | null): Table {
    // Without a header it does not matter from where a row is; with one the plan sees to it that it is known.
    if (origin === null) return this.unplaced;
    let table = this.tables.get(origin);
    if (table === undefined) {
      table = newTable(origin);
      this.tables.set(origin, table);
    }
    return table;
  }

  private line(table: Table, text: string): void {
    if (table.open !== undefined) {
      this.goOn(table, table.open, text);
      return;
    }
    // A byte order mark would otherwise be part of the first column's name.
    const line = !table.started && text.startsWith('\ufeff') ? text.slice(1) : text;
    table.started = true;
    if (line === '') return;
    if (this.layout.quotes && line.includes('"')) this.begin(table, line);
    else
      this.row(
        table,
        line.split(this.layout.delimiter).map((field) => field || null),
      );
  }

  private begin(table: Table, line: string): void {
    const reader = new RowReader(this.layout.delimiter);
    const fields = this.read(table, reader, line);
    if (fields !== undefined) {
      this.row(table, fields);
      return;
    }
    table.open = { reader, lines: [line], line: this.run.cursor.line, size: line.length + 1 };
    this.opened.add(table);
    if (this.opened.size > MOST_OPEN) {
      const [oldest] = this.opened;
      this.giveUp(oldest!, NEVER_CLOSED);
    }
  }

  /** Reads a line of a row; a header that cannot be read leaves the table without columns. */
  private read(table: Table, reader: RowReader, line: string): readonly Field[] | undefined {
    try {
      return reader.read(line);
    } catch (problem) {
      if (this.hasHeader) table.columns ??= null;
      throw problem;
    }
  }

  private goOn(table: Table, open: OpenRow, line: string): void {
    open.lines.push(line);
    open.size += line.length + 1;
    let fields: readonly Field[] | undefined;
    try {
      fields = this.read(table, open.reader, line);
    } catch (problem) {
      this.leave(table, open, () => {
        throw problem;
      });
      return;
    }
    if (fields !== undefined) {
      const row = fields;
      this.leave(table, open, () => this.row(table, row));
    } else if (open.size > LONGEST_ROW) {
      this.giveUp(table, NEVER_CLOSED);
    }
  }

  /** The open row of a table is bad, all its lines as one record. */
  private giveUp(table: Table, reason: string): void {
    if (this.hasHeader) table.columns ??= null;
    this.leave(table, table.open!, () => {
      throw new BadRecord(reason);
    });
  }

  /** Ends an open row and does `act` with the cursor at its first line, where what it throws is reported. */
  private leave(table: Table, open: OpenRow, act: () => void): void {
    table.open = undefined;
    this.opened.delete(table);
    const { cursor } = this.run;
    const before: Cursor = { origin: cursor.origin, line: cursor.line, text: cursor.text };
    Object.assign(cursor, { origin: table.origin, line: open.line, text: () => open.lines.join('\n') });
    try {
      act();
    } catch (problem) {
      reportBad(this.run, problem, open.lines.join('\n'));
    } finally {
      Object.assign(cursor, before);
    }
  }

  private row(table: Table, fields: readonly Field[]): void {
    if (this.hasHeader && table.columns === undefined) {
      table.columns = this.columns ?? columnNames(fields);
      return;
    }
    if (table.columns === null) throw new BadRecord('the header could not be read');
    const columns = table.columns ?? this.columns;
    this.down.push(columns === undefined ? fields.map(this.readField) : this.object(columns, fields));
  }

  private object(columns: readonly string[], fields: readonly Field[]): Value {
    if (fields.length > columns.length) {
      throw new BadRecord('more fields than columns', `${fields.length} fields, ${columns.length} columns`);
    }
    const object: Record<string, Value> = {};
    for (let i = 0; i < columns.length; i++) {
      setField(object, columns[i]!, i < fields.length ? this.readField(fields[i]!) : null);
    }
    return object;
  }
}

function newTable(origin: Origin | null): Table {
  return { origin, started: false, columns: undefined, open: undefined };
}

/** The step of `csv` and `tsv`. */
export function rowStep(layout: Layout, run: RunContext, down: Step): Step {
  return stepOf(new RowStep(layout, run, down), down);
}

/** The same where only some columns are looked at: it takes lines as bytes. */
export function rowStepOfFields(names: readonly string[], layout: Layout, run: RunContext, down: Step): Step {
  const rows = new RowStep(layout, run, down);
  const target = { push: (record: Value) => down.push(record), line: (text: string) => rows.push(text) };
  const columnsNow = () => rows.columnsNow();
  const hasColumns = hasHeader(layout) || layout.columns !== undefined;
  return {
    ...stepOf(rows, down),
    texts(cut) {
      if (cut.kind !== 'lines' || !hasColumns) return undefined;
      return delimitedFields(names, layout, columnsNow, run.cursor, target);
    },
  };
}

function stepOf(rows: RowStep, down: Step): Step {
  return passingOn(down, {
    push: (record) => rows.push(record),
    finish(end) {
      rows.finish();
      down.finish(end);
    },
  });
}
