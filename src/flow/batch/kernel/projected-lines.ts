import { isAscii } from 'node:buffer';
import { parseJson } from '../../../base/json.ts';
import type { Value } from '../../../base/value.ts';
import type { Cursor } from '../chunk.ts';
import type { Kernel } from './kernel.ts';
import { inPieces } from './pieces.ts';

const NEWLINE = 10;

/** Put behind a last line that has no end. A carriage return of its own is no part of one, and stays. */
const END = Buffer.from('\r\n');

// What src/kernel/rows.ts gives out.
const OK = 1;
const OTHER = 2;
const TRUE = 1;
const FALSE = 2;
const NUMBER = 3;
const PLAIN = 4;
const INTERNED = 5;
const JSON_TEXT = 6;

/** What takes the lines of a projection. */
export interface ProjectionTarget {
  /** The object of the wanted fields that were read of a line, null where it has none. It is another line's after the call. */
  push(record: Value): void;
  /** A line that the kernel leaves to the row form. */
  line(text: string): void;
}

/**
 * Turns whole lines into objects of only the wanted fields, read by a kernel, with the run's cursor on each line. It is one object that is
 * filled anew for each line: where only some fields are looked at, nobody keeps a record.
 */
export class ProjectedLines {
  private readonly kernel: Kernel;
  private readonly read: (start: number, end: number) => number;
  private readonly names: readonly string[];
  private readonly cursor: Cursor;
  private readonly target: ProjectionTarget;
  private readonly rows: number;
  private readonly record: Record<string, Value>;
  /** Texts by the kernel's ids. */
  private known: string[] = [];
  /** Where the line under way lies in its piece. */
  private start = 0;
  private end = 0;
  private ints = new Int32Array(0);
  private doubles = new Float64Array(0);

  /** @param read fills rows with the fields `names` of lines in the kernel's memory, and says how many. */
  constructor(
    kernel: Kernel,
    read: (start: number, end: number) => number,
    names: readonly string[],
    cursor: Cursor,
    target: ProjectionTarget,
  ) {
    this.kernel = kernel;
    this.read = read;
    this.names = names;
    this.cursor = cursor;
    this.target = target;
    // fromEntries defines fields rather than assigning them, so that `__proto__` is one as well.
    this.record = Object.fromEntries(names.map((name) => [name, null]));
    this.rows = kernel.functions.makeRows(names.length);
    kernel.functions.makeKnownTexts(names.length);
  }

  /** Whole lines of valid UTF-8; the cursor stands on the first of them. */
  take(lines: Buffer): void {
    inPieces(lines, (piece) => this.piece(piece));
    this.cursor.line--;
  }

  private piece(piece: Buffer): void {
    const { kernel, cursor } = this;
    const { functions } = kernel;
    const isWhole = piece[piece.length - 1] === NEWLINE;
    const first = functions.input(piece.length + END.length);
    const last = first + piece.length + (isWhole ? 0 : END.length);
    kernel.bytes.set(piece, first);
    if (!isWhole) kernel.bytes.set(END, first + piece.length);
    this.look();
    cursor.text = () => piece.toString('utf8', this.start, this.end);
    const decode = isAscii(piece) ? latin1Text : utf8Text;
    for (let at = first; at < last; at = functions.nextLine()) {
      this.emit(this.read(at, last), piece, first, decode);
      if (functions.knownTextsFull()) {
        functions.forgetKnownTexts(this.names.length);
        this.known = [];
      }
    }
  }

  /** The memory is another one when it has grown. */
  private look(): void {
    const { buffer } = this.kernel.functions.memory;
    if (this.ints.buffer === buffer) return;
    this.ints = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  /** Gives out rows; `first` is where the kernel has the start of the piece. */
  private emit(count: number, piece: Buffer, first: number, decode: Decode): void {
    const { cursor, ints, target } = this;
    const size = 4 + 4 * this.names.length;
    for (let i = 0, row = this.rows >> 2; i < count; i++, row += size, cursor.line++) {
      this.start = ints[row]! - first;
      this.end = ints[row + 1]! - first;
      const kind = ints[row + 2];
      if (kind === OK) {
        this.fill(row + 4, piece, first, decode);
        target.push(this.record);
      } else if (kind === OTHER) {
        target.line(decode(piece, this.start, this.end));
      }
    }
  }

  private fill(firstSlot: number, piece: Buffer, first: number, decode: Decode): void {
    const { names, record } = this;
    for (let i = 0, slot = firstSlot; i < names.length; i++, slot += 4) {
      record[names[i]!] = this.value(slot, piece, first, decode);
    }
  }

  private value(slot: number, piece: Buffer, first: number, decode: Decode): Value {
    const { ints, known } = this;
    const kind = ints[slot];
    if (kind === NUMBER) return this.doubles[(slot + 2) >> 1]!;
    if (kind === INTERNED) {
      const text = known[ints[slot + 1]!];
      if (text !== undefined) return text;
    }
    switch (kind) {
      case TRUE:
        return true;
      case FALSE:
        return false;
      case PLAIN:
        return decode(piece, ints[slot + 2]! - first, ints[slot + 3]! - first);
      case INTERNED: {
        const text = decode(piece, ints[slot + 2]! - first, ints[slot + 3]! - first);
        known[ints[slot + 1]!] = text;
        return text;
      }
      case JSON_TEXT:
        return parseJson(decode(piece, ints[slot + 2]! - first, ints[slot + 3]! - first));
      default:
        return null;
    }
  }
}

type Decode = (bytes: Buffer, start: number, end: number) => string;

function latin1Text(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end);
}

function utf8Text(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('utf8', start, end);
}
