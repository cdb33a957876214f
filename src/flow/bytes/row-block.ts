import { isAscii } from 'node:buffer';
import { isoTimeOfBytes } from '../../base/iso-time.ts';
import { parseJson } from '../../base/json.ts';
import { readNumber } from '../../base/number-text.ts';
import { SpeltNumber } from '../../base/spelt-number.ts';
import type { Value } from '../../base/value.ts';
import type { Rows } from '../define/faster.ts';
import { type ListShape, listShape, type RecordShape, recordShape } from './record-shape.ts';

// The kinds of slots that src/kernel/rows.ts gives out.
export const NOTHING = 0;
const TRUE = 1;
const FALSE = 2;
export const NUMBER = 3;
const PLAIN = 4;
export const INTERNED = 5;
export const JSON_TEXT = 6;
export const SPELT = 7;
export const NUMBER_TEXT = 8;
export const OBJECT = 9;

/** Whether a slot of that kind has a number to work with, NUMBER or SPELT: asked without a branch between them. */
export function hasNumber(kind: number | undefined): boolean {
  return (kind! | (NUMBER ^ SPELT)) === SPELT;
}

/** The most rows that a kernel gives out at a time. */
export const MOST_ROWS = 2048;

/** What a block is told of the kernel that fills it. Addresses in bytes. */
interface RowBlockSettings {
  /** The names of the fields, or paths to them, in the order of their slots. */
  readonly names: readonly string[];
  /** Where the first row is. */
  readonly first: number;
  /** Where the numbers of rows are written that are looked up. */
  readonly chosen: number;
  /** Looks up the texts of a field in the first `count` of the chosen rows. */
  readonly lookUp: (field: number, count: number) => void;
  /** Where texts are packed. */
  readonly packed: number;
  /** Packs the texts of a field in the first `count` of the chosen rows. Gives where they end, 0 where not all are texts. */
  readonly pack: (field: number, count: number) => number;
  /** Moves the cursor of the run to a row's line. */
  readonly place: (row: number) => void;
}

/**
 * Some fields of some lines, as a kernel gave them out: a row for each line, from 0 on, and in it a slot for each field, in 32-bit integers.
 *
 *     row    start, end, kind, –   | slot of field 0 | slot of field 1 | …
 *     slot   kind, –, number           NUMBER
 *            kind, spelling, number    SPELT; how a text spells the number
 *            kind, id, start, end      a text, with an id where it is INTERNED: one that was looked up and is known
 *
 * What is read of it must be read before the next block comes: it is one object that is filled anew.
 */
export class RowBlock implements Rows {
  readonly names: readonly string[];
  /** How many integers a row has. */
  readonly size: number;
  /** The memory of the kernel as integers, and as doubles of two integers each. */
  ints = new Int32Array(0);
  doubles = new Float64Array(0);
  /** Ids count anew whenever this changes. */
  generation = 0;
  /** Where the first row is, in integers. */
  private readonly first: number;
  private readonly chosen: number;
  private readonly settings: RowBlockSettings;
  private readonly shape: RecordShape;
  /** That of its records where they are lists. */
  private readonly listShape: ListShape | undefined;
  /** Texts by their ids. */
  private known: string[] = [];
  private piece: Buffer = Buffer.alloc(0);
  /** Where the kernel has the start of the piece. */
  private offset = 0;
  /** How the piece is decoded; undefined until something is. */
  private decode: Decode | undefined;

  constructor(settings: RowBlockSettings) {
    const { names, first, chosen } = settings;
    this.names = names;
    this.size = 4 + 4 * names.length;
    this.first = first >> 2;
    this.chosen = chosen >> 2;
    this.settings = settings;
    this.shape = recordShape(names);
    this.listShape = listShape(names);
  }

  /** The memory is another one when it has grown. */
  look(buffer: ArrayBuffer): void {
    if (this.ints.buffer === buffer) return;
    this.ints = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  /** The rows are those of lines in `piece` from now on, whose start the kernel has at `offset`. */
  of(piece: Buffer, offset: number): void {
    this.piece = piece;
    this.offset = offset;
    this.decode = undefined;
  }

  /** The kernel counts ids from 0 again. */
  forgetTexts(): void {
    this.known = [];
    this.generation++;
  }

  /** Looks up the texts of a field in some rows, so that those that are known have ids, and are not decoded again. */
  lookUp(field: number, rows: Int32Array, count: number): void {
    this.choose(rows, count);
    this.settings.lookUp(field, count);
  }

  /** The same for all fields, where {@link record} is called for the rows. */
  lookUpAll(rows: Int32Array, count: number): void {
    for (let field = 0; field < this.names.length; field++) this.lookUp(field, rows, count);
  }

  texts(field: number, rows: Int32Array, count: number): Uint8Array | undefined {
    const { packed, pack } = this.settings;
    this.choose(rows, count);
    const end = pack(field, count);
    return end === 0 ? undefined : new Uint8Array(this.ints.buffer, packed, end - packed);
  }

  private choose(rows: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.ints[this.chosen + i] = rows[i]!;
  }

  /** Where a row is among the integers. */
  at(row: number): number {
    return this.first + row * this.size;
  }

  /** Where the slot of a field is in row 0; in each further row it is {@link size} behind it. */
  slot(field: number): number {
    return this.first + 4 + 4 * field;
  }

  /** The text of a row's line. */
  line(row: number): string {
    const at = this.at(row);
    return this.text(this.ints[at]!, this.ints[at + 1]!);
  }

  /** The same, with the cursor of the run on it: for those who may have to report it. */
  lineInPlace(row: number): string {
    this.settings.place(row);
    return this.line(row);
  }

  /** The value of a field, by where its slot is. */
  value(slot: number): Value {
    const { ints, known } = this;
    const kind = ints[slot];
    if (kind === NUMBER) return this.doubles[(slot + 2) >> 1]!;
    if (kind === INTERNED) {
      const id = ints[slot + 1]!;
      known[id] ??= this.text(ints[slot + 2]!, ints[slot + 3]!);
      return known[id];
    }
    switch (kind) {
      case TRUE:
        return true;
      case FALSE:
        return false;
      case PLAIN:
        return this.text(ints[slot + 2]!, ints[slot + 3]!);
      case JSON_TEXT:
      case OBJECT:
        return parseJson(this.text(ints[slot + 2]!, ints[slot + 3]!));
      case SPELT:
        return this.spelt(this.doubles[(slot + 2) >> 1]!, ints[slot + 1]!);
      case NUMBER_TEXT:
        return numberOf(this.text(ints[slot + 2]!, ints[slot + 3]!));
      default:
        return null;
    }
  }

  /** The time that a text says, where it is written in one of the usual ways, ms; NaN for anything else. */
  time(slot: number): number {
    const { ints, piece, offset } = this;
    const kind = ints[slot];
    if (kind !== PLAIN && kind !== INTERNED) return Number.NaN;
    return isoTimeOfBytes(piece, ints[slot + 2]! - offset, ints[slot + 3]! - offset);
  }

  /** A number with its spelling: how many decimals it has, or where the kernel has the text, below 0. */
  private spelt(number: number, spelling: number): Value {
    return spelling > 0 ? new SpeltNumber(number, spelling) : this.numberAt(-spelling);
  }

  private numberAt(start: number): Value {
    const { piece, offset } = this;
    let end = start - offset;
    while (end < piece.length && isOfNumber(piece[end]!)) end++;
    return numberOf(latin1Text(piece, start - offset, end));
  }

  /** The object of a row's fields, or the list of its items, null where it has none. It is another row's after the next call. */
  record(row: number): Value {
    const first = this.at(row) + 4;
    if (this.listShape === undefined) return this.filled(this.shape, first);
    const { list, items } = this.listShape;
    for (let i = 0; i < items.length; i++) list[items[i]!] = this.value(first + 4 * i);
    return list;
  }

  /** The same, with the cursor of the run on its line. */
  recordInPlace(row: number): Value {
    this.settings.place(row);
    return this.record(row);
  }

  /** @param first where the first slot of the row is. */
  private filled({ fields, keys, slots, inner }: RecordShape, first: number): Value {
    for (let i = 0; i < keys.length; i++) fields[keys[i]!] = this.value(first + 4 * slots[i]!);
    for (let i = 0; i < inner.length; i++) {
      const { key, slot, shape } = inner[i]!;
      const at = first + 4 * slot;
      fields[key] = this.ints[at] === OBJECT ? this.filled(shape, first) : this.value(at);
    }
    return fields;
  }

  private text(start: number, end: number): string {
    this.decode ??= isAscii(this.piece) ? latin1Text : utf8Text;
    return this.decode(this.piece, start - this.offset, end - this.offset);
  }
}

/** What a field stands for that looks like a number; one that is too large is a text. */
function numberOf(text: string): Value {
  return readNumber(text) ?? text;
}

/** Whether a byte can stand in a number: a digit, `-`, `+`, `.`, `e`, `E`. What stands behind one is none of these. */
function isOfNumber(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e || (byte | 0x20) === 0x65;
}

/** Decodes a part of the bytes, which is valid UTF-8. */
type Decode = (bytes: Buffer, start: number, end: number) => string;

function latin1Text(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end);
}

function utf8Text(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('utf8', start, end);
}
