import { BadRecord } from '../../base/problem.ts';
import { attempt, type Field, fieldsOf, RowReader } from './row.ts';

/** What a line tells of the row that it may belong to. */
export type Verdict =
  /** More lines have to tell. */
  | { readonly kind: 'open' }
  | { readonly kind: 'row'; readonly fields: readonly Field[] }
  /** So many of its lines are one bad row; those behind them are to be read anew. */
  | { readonly kind: 'bad'; readonly problem: BadRecord; readonly lines: number; readonly isGivenUp?: boolean };

const OPEN: Verdict = { kind: 'open' };

/** The most that a row over several lines may hold, in UTF-16 units. */
const LONGEST_ROW = 1024 * 1024;
/** How many rows of the right width in turn tell that a text which seemed quoted is over. */
const SURE_ROWS = 3;

/** What rows look like, as far as it tells where one ends. */
interface RowShape {
  readonly delimiter: string;
  /** How many fields rows have; undefined where nobody knows. */
  readonly width: number | undefined;
  /** How many lines a row may go on. */
  readonly most: number;
}

/**
 * A row that is not over at the end of its line, or that is torn: text stands behind a closing quote, so that nobody knows which quotes open
 * and which close. The lines that follow tell where it ends, so that neither what is left of it comes out as rows, nor rows are lost in it.
 *
 *     "s","A "B"         torn; is the next line a row, or is it in the quoted field?
 *     A"                 a quote that no row has, and one that closes a field: it is in the field. Both are one bad row
 *     "t","C"
 *     "5" disk",3        torn
 *     "b",2              a row: so the one before was over
 *     7,"a stray quote   not over
 *     8,b
 *     "c",9              cannot be in a quoted field, and can be a row, as can the line before: the first line alone was bad
 *
 * What it makes of lines depends on them alone, so they are all that has to be remembered of it.
 */
export class OpenRow {
  readonly lines: string[] = [];
  private readonly shape: RowShape;
  private readonly reader: RowReader;
  private size = 0;
  private torn: BadRecord | undefined;
  /** So many lines are surely of the torn row. */
  private sure = 0;
  /** Whether it seems, by the quotes of those, that the next line is in a quoted field. */
  private seemsOpen = false;
  /** How many fields rows have, and how many of the last lines have as many, from which line on. */
  private width: number | undefined;
  private inTurn = 0;
  private turnStart = 0;

  constructor(shape: RowShape, reader = new RowReader(shape.delimiter)) {
    this.shape = shape;
    this.reader = reader;
    this.width = shape.width;
  }

  /** The first line, of which the reader has made that. */
  begin(line: string, read: ReturnType<typeof attempt>): Verdict {
    this.hold(line);
    return this.boundBy(this.goOn(read));
  }

  take(line: string): Verdict {
    this.hold(line);
    return this.boundBy(this.torn === undefined ? this.goOn(attempt(this.reader, line)) : this.doubt(line, this.torn));
  }

  private hold(line: string): void {
    this.lines.push(line);
    this.size += line.length + 1;
  }

  private boundBy(verdict: Verdict): Verdict {
    const isFull = this.lines.length >= this.shape.most || this.size > LONGEST_ROW;
    return verdict.kind === 'open' && isFull ? this.giveUp('; reading goes on with its second line') : verdict;
  }

  /** No line told. @param more what to say of a quote that was never closed. */
  giveUp(more = ''): Verdict {
    const torn = this.torn && { problem: this.torn, lines: this.sure };
    return { kind: 'bad', isGivenUp: true, ...(torn ?? { problem: this.neverClosed(more), lines: 1 }) };
  }

  private goOn(fields: ReturnType<typeof attempt>): Verdict {
    if (fields === undefined) return OPEN;
    return fields instanceof BadRecord ? this.tear(fields) : { kind: 'row', fields };
  }

  private tear(problem: BadRecord): Verdict {
    if (this.areRows(this.lines.slice(1))) {
      return { kind: 'bad', problem: this.neverClosed('; those behind the first are rows'), lines: 1 };
    }
    this.torn = problem;
    this.allAreSure();
    return OPEN;
  }

  /** A line behind a torn row. */
  private doubt(line: string, torn: BadRecord): Verdict {
    if (line === '') return OPEN;
    const bad = (lines: number): Verdict => ({ kind: 'bad', problem: torn, lines });
    if (!line.includes('"')) {
      this.countFields(fieldsOf(line, this.shape.delimiter).length);
      return this.inTurn >= this.enoughRows ? bad(this.rowsFrom(this.lines.length)) : OPEN;
    }
    if (this.areRows([line])) return bad(this.rowsFrom(this.lines.length - 1));
    if (this.closes(line)) return bad(this.lines.length);
    this.allAreSure();
    return OPEN;
  }

  private countFields(count: number): void {
    this.width ??= count;
    if (count !== this.width) this.inTurn = 0;
    else if (this.inTurn++ === 0) this.turnStart = this.lines.length - 1;
  }

  /** So many rows in turn tell that the torn row is over. Of a single column any line can be one. */
  private get enoughRows(): number {
    if (!this.seemsOpen) return 1;
    return this.width === 1 ? Number.POSITIVE_INFINITY : SURE_ROWS;
  }

  /** Where rows begin, of which the last line before `end` may be the last. */
  private rowsFrom(end: number): number {
    if (!this.seemsOpen) return this.sure;
    return this.inTurn > 0 ? this.turnStart : end;
  }

  private allAreSure(): void {
    this.sure = this.lines.length;
    this.inTurn = 0;
    let quotes = 0;
    for (const line of this.lines) quotes += line.split('"').length - 1;
    this.seemsOpen = quotes % 2 === 1;
  }

  /** Whether nothing speaks against lines being rows: no stray quotes, no more fields than there are columns. The last one may go on. */
  private areRows(lines: readonly string[]): boolean {
    const { delimiter, width = Number.POSITIVE_INFINITY } = this.shape;
    let reader: RowReader | undefined;
    let count = 0;
    for (const line of lines) {
      if (reader === undefined && line === '') continue;
      reader ??= new RowReader(delimiter, { isStrict: true });
      count++;
      const fields = attempt(reader, line);
      if (fields === undefined) continue;
      if (fields instanceof BadRecord || reader.hasBareQuote || fields.length > width) return false;
      reader = undefined;
    }
    return count > 0;
  }

  /** Whether a line that begins in a quoted field ends the row as it should. */
  private closes(line: string): boolean {
    const reader = new RowReader(this.shape.delimiter, { isStrict: true, isInside: true });
    const fields = attempt(reader, line);
    return fields !== undefined && !(fields instanceof BadRecord) && !reader.hasBareQuote;
  }

  private neverClosed(more: string): BadRecord {
    const { length } = this.lines;
    const lines = length === 1 ? 'its line' : `${length.toLocaleString('en-US')} lines`;
    return new BadRecord('a quoted field is not closed', `in ${lines}${more}`);
  }
}
