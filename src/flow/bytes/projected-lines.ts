import { type FieldReading, NONE, type ReadFields } from '../define/faster.ts';
import type { Kernel } from './kernel.ts';
import { inPieces } from './pieces.ts';
import { MOST_ROWS, RowBlock } from './row-block.ts';

const NEWLINE = 10;

/** Put behind a last line that has no end. A carriage return of its own is no part of one, and stays. */
const END = Buffer.from('\r\n');

// The kinds of rows that src/kernel/rows.ts gives out, beside those of blank lines.
const OK = 1;
const OTHER = 2;

/** How many rows are given at once behind one that was not taken, so that a file of such rows is not looked at again and again. */
const FEW_ROWS = 8;

/** Turns whole lines into rows of only the wanted fields, read by a kernel; the run's cursor is on a line when it is given by itself. */
export class ProjectedLines {
  private readonly kernel: Kernel;
  private readonly read: (start: number, end: number) => number;
  private readonly reading: FieldReading;
  private readonly block: RowBlock;
  private readonly rows = new Int32Array(MOST_ROWS);
  private readonly one = new Int32Array(1);
  /** How many rows are given at once. */
  private run = MOST_ROWS;
  /** The line of row 0, and of the row that the cursor is on. */
  private firstLine = 0;
  private row = 0;

  /** @param read fills rows with the wanted fields of lines in the kernel's memory, and says how many. */
  constructor(kernel: Kernel, read: (start: number, end: number) => number, reading: FieldReading) {
    this.kernel = kernel;
    this.read = read;
    this.reading = reading;
    const { functions } = kernel;
    const { names } = reading;
    this.block = new RowBlock({
      names,
      first: functions.makeRows(names.length),
      chosen: functions.chosenRows(),
      lookUp: (field, count) => functions.lookUpTexts(field, count),
      packed: functions.makePacked(),
      pack: (field, count) => functions.packTexts(field, count),
      place: (row) => this.place(row),
    });
    functions.makeKnownTexts(names.length);
  }

  /** Whole lines of valid UTF-8; the cursor stands on the first of them. @returns how many there are, up to the last that was wanted. */
  take(lines: Buffer): number {
    const { cursor } = this.reading;
    const first = cursor.line;
    this.firstLine = first;
    cursor.text = () => this.block.line(this.row);
    inPieces(lines, (piece) => this.piece(piece));
    if (cursor.isPastEnd) return cursor.line - first + 1;
    cursor.line = this.firstLine - 1;
    return this.firstLine - first;
  }

  private piece(piece: Buffer): void {
    const { kernel, block } = this;
    const { functions } = kernel;
    const isWhole = piece[piece.length - 1] === NEWLINE;
    const first = functions.input(piece.length + END.length);
    const last = first + piece.length + (isWhole ? 0 : END.length);
    kernel.bytes.set(piece, first);
    if (!isWhole) kernel.bytes.set(END, first + piece.length);
    block.of(piece, first);
    for (let at = first; at < last && !this.reading.cursor.isPastEnd; at = functions.nextLine()) {
      const count = this.read(at, last);
      // Reading may make the memory grow, as where a header names columns.
      block.look(functions.memory.buffer);
      this.give(count);
      this.firstLine += count;
      if (!functions.knownTextsFull() || functions.growKnownTexts(block.names.length)) continue;
      functions.forgetKnownTexts(block.names.length);
      block.forgetTexts();
    }
  }

  /** Gives out the rows of a block. */
  private give(count: number): void {
    const { block, rows, reading } = this;
    const { ints, size } = block;
    let found = 0;
    let isInside = reading.isInside?.() === true;
    for (let row = 0, kind = block.at(0) + 2; row < count; row++, kind += size) {
      if (!isInside && ints[kind] === OK) {
        rows[found++] = row;
      } else if (isInside || ints[kind] === OTHER) {
        this.giveRows(found);
        found = 0;
        if (reading.cursor.isPastEnd) return;
        reading.line(block.lineInPlace(row));
        isInside = reading.isInside?.() === true;
      }
    }
    this.giveRows(found);
  }

  /** Gives out the first `count` of the rows that were found. */
  private giveRows(count: number): void {
    const { block, rows, reading } = this;
    if (reading.cursor.mayEnd) {
      this.giveOneByOne(count);
      return;
    }
    for (let from = 0; from < count; ) {
      const length = Math.min(this.run, count - from);
      const left = reading.rows(block, from === 0 ? rows : rows.subarray(from), length);
      if (left === NONE) {
        from += length;
        this.run = Math.min(this.run * 2, MOST_ROWS);
        continue;
      }
      reading.line(block.lineInPlace(left));
      from = rows.indexOf(left, from) + 1;
      this.run = FEW_ROWS;
    }
  }

  /** The same where any of them may be the last that is wanted: of those behind it nothing is to be looked at. */
  private giveOneByOne(count: number): void {
    const { block, rows, reading, one } = this;
    for (let i = 0; i < count && !reading.cursor.isPastEnd; i++) {
      one[0] = rows[i]!;
      if (reading.rows(block, one, 1) !== NONE) reading.line(block.lineInPlace(rows[i]!));
    }
  }

  private place(row: number): void {
    this.row = row;
    this.reading.cursor.line = this.firstLine + row;
  }
}

/** Makes what reads lines when the first of them come: not every parser of a program is given any. */
export function whenLinesCome(create: (reading: FieldReading) => ProjectedLines): ReadFields {
  return (reading) => {
    let lines: ProjectedLines | undefined;
    return (bytes) => {
      lines ??= create(reading);
      return lines.take(bytes);
    };
  };
}
