import { type FieldKey, keyOf } from '../../base/field-key.ts';
import { toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { type NewFields, setFieldAt, type Value } from '../../base/value.ts';
import type { Cursor, Origin } from '../batch/chunk.ts';
import { type LookedAt, targetBehind } from '../batch/columns/projection-target.ts';
import type { RunContext } from '../batch/context.ts';
import { delimitedFields, isPlainDelimiter } from '../batch/kernel/delimited-fields.ts';
import { reportBad } from '../batch/report-bad.ts';
import { keepingOrigin, type OriginStep, passingOn, type Step } from '../batch/step.ts';
import { hasHeader, type Layout } from './delimited.ts';
import { type FieldTypes, fieldReader, fieldTypes, textOf, unknownTypes } from './parsing.ts';
import { columnNames, type Field, fieldsOf, RowReader } from './row.ts';
import { firstRowIn, widthOf } from './row-guess.ts';

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

/** What a step remembers of an origin, as plain data. */
interface RowMemory {
  readonly started: boolean;
  readonly header: readonly string[] | null;
  readonly isHeaderRead: boolean;
  readonly open: { readonly lines: readonly string[]; readonly line: number } | null;
}

/** What rows need to know of the run: where they stand, and whom to tell of bad ones. */
type Place = Pick<RunContext, 'cursor' | 'bad' | 'note'>;

/** Reads rows from lines; it remembers the header and an open row of each origin. */
class RowStep {
  private readonly layout: Layout;
  private readonly run: Place;
  private readonly down: Step;
  private readonly types: FieldTypes;
  private readonly read: (text: string, name: string) => Value;
  private readonly columns: readonly string[] | undefined;
  private readonly hasHeader: boolean;
  /** The columns of the last row, and their names as objects hold them. */
  private last: readonly string[] = [];
  private keys: readonly FieldKey[] = [];
  private readonly tables = new WeakMap<Origin, Table>();
  private readonly unplaced: Table = newTable(null);
  private readonly opened = new Set<Table>();

  constructor(layout: Layout, run: Place, down: Step) {
    this.layout = layout;
    this.run = run;
    this.down = down;
    this.types = fieldTypes(layout.types);
    this.read = fieldReader(this.types);
    this.columns = layout.columns && columnNames(layout.columns.map(toText));
    this.hasHeader = hasHeader(layout);
    if (this.columns !== undefined || !this.hasHeader) this.checkTypes(this.columns ?? []);
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

  /** See `OriginStep`. */
  recall(origin: Origin): Value {
    const { started, columns, open } = this.table(origin);
    return {
      started,
      header: columns ?? null,
      isHeaderRead: columns !== undefined,
      open: open === undefined ? null : { lines: open.lines, line: open.line },
    };
  }

  /** See `OriginStep`. */
  resume(origin: Origin, memory: Value, linesBefore: number): void {
    const { started, header, isHeaderRead, open } = memory as unknown as RowMemory;
    const table = this.table(origin);
    table.started = started;
    table.columns = isHeaderRead ? header : undefined;
    if (open === null) return;
    const reader = new RowReader(this.layout.delimiter);
    for (const line of open.lines) reader.read(line);
    this.leaveOpen(table, reader, open.lines, open.line + linesBefore);
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
    else this.row(table, fieldsOf(line, this.layout.delimiter));
  }

  private begin(table: Table, line: string): void {
    const reader = new RowReader(this.layout.delimiter);
    const fields = this.readLine(table, reader, line);
    if (fields !== undefined) {
      this.row(table, fields);
      return;
    }
    this.leaveOpen(table, reader, [line], this.run.cursor.line);
  }

  /** A row goes on in the next line. @param line is the number of its first. */
  private leaveOpen(table: Table, reader: RowReader, lines: readonly string[], line: number): void {
    const size = lines.reduce((sum, text) => sum + text.length + 1, 0);
    table.open = { reader, lines: [...lines], line, size };
    this.opened.add(table);
    if (this.opened.size > MOST_OPEN) {
      const [oldest] = this.opened;
      this.giveUp(oldest!, NEVER_CLOSED);
    }
  }

  /** Reads a line of a row; a header that cannot be read leaves the table without columns. */
  private readLine(table: Table, reader: RowReader, line: string): readonly Field[] | undefined {
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
      fields = this.readLine(table, open.reader, line);
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
      if (this.columns === undefined) this.checkTypes(table.columns);
      return;
    }
    if (table.columns === null) throw new BadRecord('the header could not be read');
    const columns = table.columns ?? this.columns;
    this.down.push(columns === undefined ? fields.map((field) => this.value(field, '')) : this.object(columns, fields));
  }

  private object(columns: readonly string[], fields: readonly Field[]): Value {
    if (fields.length > columns.length) {
      throw new BadRecord('more fields than columns', `${fields.length} fields, ${columns.length} columns`);
    }
    if (columns !== this.last) {
      this.last = columns;
      this.keys = columns.map(keyOf);
    }
    const { keys } = this;
    const object: NewFields = {};
    for (let i = 0; i < keys.length; i++) {
      setFieldAt(object, keys[i]!, i < fields.length ? this.value(fields[i]!, columns[i]!) : null);
    }
    return object;
  }

  private value(field: Field, name: string): Value {
    if (field === null) return this.types.numbers ? null : '';
    return this.read(field, name);
  }

  private checkTypes(columns: readonly string[]): void {
    const unknown = unknownTypes(this.types, columns, 'columns');
    if (unknown !== undefined) this.run.note(unknown);
  }
}

function newTable(origin: Origin | null): Table {
  return { origin, started: false, columns: undefined, open: undefined };
}

/** The step of `csv` and `tsv`. */
export function rowStep(layout: Layout, run: RunContext, down: Step): OriginStep {
  return stepOf(new RowStep(layout, run, down), layout, down);
}

/** The same where only some columns are looked at: it takes lines as bytes. */
export function rowStepOfFields(lookedAt: LookedAt, layout: Layout, run: RunContext, down: Step): OriginStep {
  const rows = new RowStep(layout, run, down);
  const columnsNow = () => rows.columnsNow();
  const isKnown = isPlainDelimiter(layout.delimiter) && (hasHeader(layout) || layout.columns !== undefined);
  return {
    ...stepOf(rows, layout, down),
    texts(cut) {
      if (cut.kind !== 'lines' || !isKnown) return undefined;
      const target = targetBehind(lookedAt, down, (line) => rows.push(line));
      return delimitedFields(
        lookedAt.names,
        { ...layout, ...fieldTypes(layout.types) },
        columnsNow,
        run.cursor,
        target,
      );
    },
  };
}

function stepOf(rows: RowStep, layout: Layout, down: Step): OriginStep {
  const step = passingOn(down, {
    ...keepingOrigin(down),
    push: (record) => rows.push(record),
    finish(end) {
      rows.finish();
      down.finish(end);
    },
  });
  return {
    ...step,
    recall: (origin) => rows.recall(origin),
    resume: (origin, memory, linesBefore) => rows.resume(origin, memory, linesBefore),
    guess(firstLine, lines) {
      const memory = memoryBehind(firstLine, layout);
      if (memory === undefined) return undefined;
      return { memory, before: firstRowIn(lines, layout, widthOf(firstLine, layout)) };
    },
  };
}

/** What is remembered behind the first line of an origin; undefined where it is not a row by itself. */
function memoryBehind(firstLine: string, layout: Layout): Value | undefined {
  const origin: Origin = { name: '', source: 0, lines: 1 };
  const cursor: Cursor = { origin, line: 1, text: () => firstLine };
  let isRow = true;
  const bad = () => {
    isRow = false;
  };
  const rows = new RowStep(layout, { cursor, bad, note() {} }, { push() {}, close() {}, advance() {}, finish() {} });
  rows.push(firstLine);
  // A row that is still open becomes bad.
  const memory = rows.recall(origin);
  rows.finish();
  return isRow ? memory : undefined;
}
