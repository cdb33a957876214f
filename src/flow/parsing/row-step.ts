import { type FieldKey, keyOf } from '../../base/field-key.ts';
import { toText } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { type NewFields, setFieldAt, type Value } from '../../base/value.ts';
import { delimitedFields, isPlainDelimiter } from '../bytes/delimited-fields.ts';
import type { Cursor, Origin } from '../define/chunk.ts';
import type { RunContext } from '../define/context.ts';
import type { ReadFields } from '../define/faster.ts';
import type { State } from '../define/snapshot.ts';
import type { Span } from '../define/span.ts';
import { keepingOrigin, type OriginStep, passingOn, type Step } from '../define/step.ts';
import { reportBad } from '../records/report-bad.ts';
import { atLines, type Place as LinesPlace } from './at-lines.ts';
import { hasHeader, type Layout } from './delimited.ts';
import { type FieldTypes, fieldReader, fieldTypes, textOf, unknownTypes } from './field-types.ts';
import { OpenRow, type Verdict } from './open-row.ts';
import { lessPatient, patienceAt } from './patience.ts';
import { attempt, columnNames, type Field, fieldsOf, RowReader } from './row.ts';
import { firstRowIn, widthOf } from './row-guess.ts';
import { beginBehind, hasHole, loseHeader, memoryOf, type RowMemory, type Table, unreadable } from './row-table.ts';
import { RowTables } from './row-tables.ts';

/** The most rows that may be open at a time, one an origin: connections that broke off in the middle of a row never close theirs. */
const MOST_OPEN = 64;

/** What rows need to know of the run: where they stand, and whom to tell of bad ones. */
type Place = LinesPlace & Pick<RunContext, 'note'>;

/** Reads rows from lines; it remembers the header and an open row of each origin. */
class RowStep {
  /** How many rows have come out. */
  given = 0;
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
  readonly tables: RowTables;

  constructor(layout: Layout, run: Place, down: Step) {
    this.layout = layout;
    this.run = run;
    this.down = down;
    this.types = fieldTypes(layout.types);
    this.read = fieldReader(this.types);
    this.columns = layout.columns && columnNames(layout.columns.map(toText));
    this.hasHeader = hasHeader(layout);
    if (this.columns !== undefined || !this.hasHeader) this.checkTypes(this.columns ?? []);
    this.tables = new RowTables({
      begin: (table, line) => this.hasHeader && beginBehind(table, line, layout, this.columns),
      leaveOpen: (table, line) => this.leaveOpen(table, line),
    });
  }

  push(record: Value): void {
    // Nothing of it is wanted, nor that it goes on.
    if (this.run.cursor.isPastEnd) return;
    try {
      this.line(this.tables.of(this.run.cursor.origin), textOf(record));
    } catch (problem) {
      reportBad(this.run, problem, record);
    }
  }

  /** See {@link RowsStep}. */
  columnsNow(): readonly string[] | undefined {
    const table = this.tables.of(this.run.cursor.origin);
    if (!table.started || table.open !== undefined) return undefined;
    return (this.hasHeader ? table.columns : this.columns) ?? undefined;
  }

  /** See `OriginStep`. */
  recall(origin: Origin): Value {
    return memoryOf(this.tables.known(origin), origin) as unknown as Value;
  }

  /** See `OriginStep`. */
  resume(origin: Origin, memory: Value, linesBefore: number): void {
    const { started, header, isHeaderRead, headless, open, patience } = memory as unknown as RowMemory;
    const table = this.tables.anew(origin);
    table.started = started;
    table.columns = isHeaderRead ? header : undefined;
    table.headless = headless;
    if (patience !== null) table.patience = { ...patience, since: patience.since + linesBefore };
    if (open === null) return;
    this.leaveOpen(table, open.line + linesBefore);
    if (open.hasHole) table.lostBefore = -1;
    for (const line of open.lines) table.open!.take(line);
  }

  /** All lines have come: rows that are still open end here, and what of their lines are rows by themselves comes out. */
  endOpen(): void {
    for (const table of this.tables.open) {
      while (table.open !== undefined) this.settle(table, table.open.giveUp(', up to the end'));
    }
  }

  private line(table: Table, text: string): void {
    if (table.open !== undefined) {
      this.settle(table, table.open.take(text));
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
    const fields = attempt(reader, line);
    if (fields !== undefined && !(fields instanceof BadRecord)) {
      this.row(table, fields);
      return;
    }
    this.settle(table, this.leaveOpen(table, this.run.cursor.line, reader).begin(line, fields));
    while (this.tables.open.size > MOST_OPEN) {
      const [oldest] = this.tables.open;
      this.settle(oldest!, oldest!.open!.giveUp());
    }
  }

  /** Other lines have to tell where a row ends. @param line is the number of its first. */
  private leaveOpen(table: Table, line: number, reader?: RowReader): OpenRow {
    const { delimiter } = this.layout;
    const columns = this.columns ?? table.columns;
    const open = new OpenRow({ delimiter, width: columns?.length, most: patienceAt(table.patience, line) }, reader);
    table.open = open;
    table.openLine = line;
    table.lostBefore = table.origin?.lost?.count ?? 0;
    this.tables.open.add(table);
    return open;
  }

  /** Does what the last line has told of the open row. */
  private settle(table: Table, verdict: Verdict): void {
    if (verdict.kind === 'open') return;
    const { open, openLine } = table;
    const { lines } = open!;
    const isHollow = hasHole(table);
    table.open = undefined;
    this.tables.open.delete(table);
    if (verdict.kind === 'row') {
      this.at(table, openLine, lines, () => {
        if (!isHollow) return this.row(table, verdict.fields);
        if (this.isHeaderToCome(table)) loseHeader(table, this.columns, 'a line of it could not be read');
        throw new BadRecord('a line of the row could not be read');
      });
      return;
    }
    const rest = lines.slice(verdict.lines);
    if (verdict.isGivenUp) table.patience = lessPatient(table.patience, openLine, lines.length);
    this.at(table, openLine, lines.slice(0, verdict.lines), () => {
      if (this.isHeaderToCome(table)) loseHeader(table, this.columns, verdict.problem.reason);
      throw verdict.problem;
    });
    rest.forEach((text, i) => {
      this.at(table, openLine + verdict.lines + i, [text], () => this.line(table, text));
    });
  }

  private at({ origin }: Table, line: number, lines: readonly string[], act: () => void): void {
    atLines(this.run, origin, { line, lines }, act);
  }

  private isHeaderToCome(table: Table): boolean {
    return this.hasHeader && table.columns === undefined;
  }

  private row(table: Table, fields: readonly Field[]): void {
    if (this.isHeaderToCome(table) && !this.isHeaderLost(table, fields)) {
      this.readHeader(table, fields);
      return;
    }
    if (table.columns === null) throw new BadRecord('the header could not be read', table.headless);
    const columns = table.columns ?? this.columns;
    this.given++;
    this.down.push(columns === undefined ? fields.map((field) => this.value(field, '')) : this.object(columns, fields));
  }

  private readHeader(table: Table, fields: readonly Field[]): void {
    table.columns = this.columns ?? columnNames(fields);
    if (this.columns !== undefined) return;
    const why = unreadable(table.columns);
    if (why === undefined) {
      this.checkTypes(table.columns);
      return;
    }
    loseHeader(table, this.columns, why);
    throw new BadRecord('the header could not be read', table.headless);
  }

  /** The first line may never have come here. What comes in its place is a row like any other, and no header. */
  private isHeaderLost(table: Table, fields: readonly Field[]): boolean {
    const why = table.headless || table.origin?.lost?.reason;
    if (!why) return false;
    loseHeader(table, this.columns, unreadable(fields) ?? why);
    return true;
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

type RowsState = {
  readonly tables: State;
  /** The last batch. */
  readonly last: Span | undefined;
};

/** The step of `csv` and `tsv`. */
interface RowsStep extends OriginStep {
  /**
   * The columns of the lines to come from where the cursor stands; undefined while lines have to be pushed one by one: up to the end of
   * the header, within a row, and where rows are lists.
   */
  columnsNow(): readonly string[] | undefined;
}

export function rowStep(layout: Layout, run: RunContext, down: Step): RowsStep {
  return stepOf(new RowStep(layout, run, down), layout, run, down);
}

/** How a kernel reads only some columns; undefined where it does not know the delimiter, or rows are lists. */
export function fieldsOfRows(layout: Layout, step: RowsStep): ReadFields | undefined {
  if (!isPlainDelimiter(layout.delimiter) || (!hasHeader(layout) && layout.columns === undefined)) return undefined;
  return delimitedFields({ ...layout, ...fieldTypes(layout.types) }, () => step.columnsNow());
}

function stepOf(rows: RowStep, layout: Layout, run: RunContext, down: Step): RowsStep {
  let last: Span | undefined;
  const step = passingOn(down, {
    ...keepingOrigin(down),
    ended(origin) {
      rows.tables.ended(origin);
      down.ended?.(origin);
    },
    push: (record) => rows.push(record),
    close(span) {
      if (run.isOneBatch) rows.endOpen();
      else rows.tables.tellOpen(run);
      last = span;
      down.close(span);
    },
    finish(end) {
      const { given } = rows;
      rows.endOpen();
      // Rows behind one that was never closed belong to a batch as well.
      if (rows.given > given && last !== undefined) down.close({ ...last, time: end.time, partial: true });
      down.finish(end);
    },
    snapshot: (): RowsState => ({ tables: rows.tables.snapshot(), last }),
    restore(state, origins) {
      const kept = state as RowsState;
      rows.tables.restore(kept.tables, origins);
      last = kept.last;
    },
  });
  return {
    ...step,
    columnsNow: () => rows.columnsNow(),
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
  const origin: Origin = { id: 0, name: '', source: 0, lines: 1 };
  const cursor: Cursor = { origin, line: 1, text: () => firstLine };
  let isRow = true;
  const bad = () => {
    isRow = false;
  };
  const rows = new RowStep(layout, { cursor, bad, note() {} }, { push() {}, close() {}, advance() {}, finish() {} });
  rows.push(firstLine);
  // A row that is still open becomes bad.
  const memory = rows.recall(origin);
  rows.endOpen();
  return isRow ? memory : undefined;
}
