import { crc32 } from 'node:zlib';
import { type FieldKey, nameOf } from '../../../base/field-key.ts';
import { keysOf, valuesOf } from '../../../base/fields.ts';
import type { Fields } from '../../../base/value.ts';
import type { State } from '../../define/snapshot.ts';
import { ByteWriter } from './byte-writer.ts';
import {
  Allowance,
  BIGINTS,
  BLOCK,
  DEEPEST,
  HEADER,
  isFree,
  kindOf,
  LISTS,
  MAGIC,
  MAPS,
  MIXED,
  MOST_SHAPES,
  NUMBERS,
  OBJECTS,
  SETS,
  SPELT,
  TEXTS,
  TRUE,
  UNDEFINED,
  VERSION,
  WIDEST,
} from './kinds.ts';

type Item = unknown;
/** The memory of numbers. */
type Memory = Uint8Array | Int32Array | Float64Array;

/**
 * A state as bytes, for {@link decodeState}: see `kinds.ts` for the format.
 *
 * @throws Error where it is no plain data, or nested more than so many levels deep that it cannot be a state.
 */
export function encodeState(state: State): Buffer {
  const encoder = new Encoder();
  encoder.column([state], 0);
  const { written } = encoder.writer;
  written.writeUInt32LE(MAGIC, 0);
  written.writeUInt8(VERSION, 4);
  written.writeUInt32LE(crc32(written.subarray(HEADER)), 5);
  return written;
}

class Encoder {
  readonly writer = new ByteWriter();
  private readonly allowance = new Allowance();

  constructor() {
    this.writer.raw(new Uint8Array(HEADER));
  }

  column(items: readonly Item[], depth: number): void {
    if (depth > DEEPEST) throw new Error('a state is nested too deep to be written');
    const kind = items.length === 0 ? UNDEFINED : kindOf(items[0]);
    for (let i = 1; i < items.length; i++) {
      if (kindOf(items[i]) !== kind) {
        this.mixed(items, depth);
        return;
      }
    }
    if (isFree(kind) && !this.allowance.covers(items.length, this.writer.position)) this.mixed(items, depth);
    else this.ofKind(kind, items, depth);
  }

  private mixed(items: readonly Item[], depth: number): void {
    const { writer } = this;
    const columns = new Map<number, { readonly index: number; readonly items: Item[] }>();
    const which = new Uint8Array(items.length);
    for (let i = 0; i < items.length; i++) {
      const kind = kindOf(items[i]);
      let column = columns.get(kind);
      if (column === undefined) {
        column = { index: columns.size, items: [] };
        columns.set(kind, column);
      }
      which[i] = column.index;
      column.items.push(items[i]);
    }
    writer.byte(MIXED);
    writer.byte(columns.size);
    for (const kind of columns.keys()) writer.byte(kind);
    writer.raw(which);
    for (const [kind, column] of columns) this.body(kind, column.items, depth);
  }

  private ofKind(kind: number, items: readonly Item[], depth: number): void {
    this.writer.byte(kind);
    this.body(kind, items, depth);
  }

  private body(kind: number, items: readonly Item[], depth: number): void {
    if (kind === NUMBERS) this.numbers(items as readonly number[]);
    else if (kind === TEXTS) this.texts(items as readonly string[]);
    else if (kind === BIGINTS) this.texts(items.map((item) => (item as bigint).toString(16)));
    else if (kind === SPELT) this.texts(items.map(String));
    else if (kind === LISTS) this.lists(items as readonly (readonly Item[])[], depth + 1);
    else if (kind === OBJECTS) this.objects(items as readonly Fields[], depth + 1);
    else if (kind === MAPS) this.maps(items as readonly ReadonlyMap<Item, Item>[], depth + 1);
    else if (kind === SETS) this.sets(items as readonly ReadonlySet<Item>[], depth + 1);
    else if (kind > TRUE) this.memories(items as readonly Memory[]);
  }

  private numbers(numbers: readonly number[]): void {
    const { writer } = this;
    const width = widthOf(numbers);
    writer.byte(width);
    if (width === 8) writer.memory(filled(new Float64Array(numbers.length), numbers));
    else if (width === 4) writer.memory(filled(new Int32Array(numbers.length), numbers));
    else if (width === 2) writer.memory(filled(new Int16Array(numbers.length), numbers));
    else writer.memory(filled(new Int8Array(numbers.length), numbers));
  }

  private texts(texts: readonly string[]): void {
    const { writer } = this;
    this.numbers(texts.map((text) => text.length));
    let length = 0;
    let from = 0;
    for (let i = 0; i < texts.length; i++) {
      length += texts[i]!.length;
      if (length < BLOCK && i < texts.length - 1) continue;
      const block = i === from ? texts[i]! : texts.slice(from, i + 1).join('');
      const isNarrow = !WIDE.test(block);
      writer.byte(isNarrow ? 1 : 2);
      writer.characters(block, isNarrow ? 'latin1' : 'utf16le');
      length = 0;
      from = i + 1;
    }
  }

  private lists(lists: readonly (readonly Item[])[], depth: number): void {
    const { writer } = this;
    const columns = lists.length > 1 ? columnsOf(lists) : undefined;
    writer.byte(columns?.length ?? 0);
    if (columns !== undefined) {
      for (const column of columns) this.column(column, depth);
      return;
    }
    this.numbers(lists.map(({ length }) => length));
    this.column(flat(lists), depth);
  }

  private objects(objects: readonly Fields[], depth: number): void {
    const { writer } = this;
    const { shapes, loose, which } = byShape(objects);
    writer.byte(shapes.length);
    writer.byte(loose.length === 0 ? 0 : 1);
    if (shapes.length + (loose.length === 0 ? 0 : 1) > 1) writer.raw(which);
    for (const { keys, columns, count } of shapes) {
      writer.whole(keys.length);
      // Nothing else says that those without fields are there.
      if (keys.length === 0) writer.raw(new Uint8Array(count));
      else this.texts(keys.map(nameOf));
      for (const column of columns) this.column(column, depth);
    }
    if (loose.length === 0) return;
    const names = loose.map((item) => keysOf(item).map(nameOf));
    this.numbers(names.map(({ length }) => length));
    this.column(flat(names), depth);
    this.column(flat(loose.map(valuesOf)), depth);
  }

  private maps(maps: readonly ReadonlyMap<Item, Item>[], depth: number): void {
    this.numbers(maps.map(({ size }) => size));
    this.column(flat(maps.map((map) => [...map.keys()])), depth);
    this.column(flat(maps.map((map) => [...map.values()])), depth);
  }

  private sets(sets: readonly ReadonlySet<Item>[], depth: number): void {
    this.numbers(sets.map(({ size }) => size));
    this.column(flat(sets.map((set) => [...set])), depth);
  }

  private memories(items: readonly Memory[]): void {
    this.numbers(items.map(({ length }) => length));
    this.writer.reserve(items.reduce((sum, { byteLength }) => sum + byteLength, 0));
    for (const item of items) this.writer.memory(item);
  }
}

/** A character that needs two bytes. */
const WIDE = /[\u0100-\uffff]/;

/** How many bytes hold each of some numbers. */
function widthOf(numbers: readonly number[]): 1 | 2 | 4 | 8 {
  let least = 0;
  let most = 0;
  for (let i = 0; i < numbers.length; i++) {
    const x = numbers[i]!;
    if ((x | 0) !== x || (x === 0 && 1 / x < 0)) return 8;
    if (x < least) least = x;
    else if (x > most) most = x;
  }
  if (least >= -0x80 && most < 0x80) return 1;
  return least >= -0x8000 && most < 0x8000 ? 2 : 4;
}

/** `from` goes by an iterator, which takes five times as long. */
function filled<T extends Float64Array | Int32Array | Int16Array | Int8Array>(
  memory: T,
  numbers: readonly number[],
): T {
  for (let i = 0; i < numbers.length; i++) memory[i] = numbers[i]!;
  return memory;
}

/** The first items of all lists, the second ones, and so on; undefined where they are not all as long, or longer than some. */
function columnsOf(lists: readonly (readonly Item[])[]): Item[][] | undefined {
  const { length } = lists[0]!;
  if (length === 0 || length > WIDEST) return undefined;
  const columns = Array.from({ length }, () => new Array<Item>(lists.length));
  for (let i = 0; i < lists.length; i++) {
    const list = lists[i]!;
    if (list.length !== length) return undefined;
    for (let j = 0; j < length; j++) columns[j]![i] = list[j];
  }
  return columns;
}

function flat(lists: readonly (readonly Item[])[]): readonly Item[] {
  if (lists.length === 1) return lists[0]!;
  const items: Item[] = [];
  for (const list of lists) for (let i = 0; i < list.length; i++) items.push(list[i]);
  return items;
}

interface Shape {
  readonly keys: readonly FieldKey[];
  /** The values of each key. */
  readonly columns: readonly Item[][];
  count: number;
}

/** Objects by their names in order; those of further shapes, where there are too many, are loose. */
function byShape(objects: readonly Fields[]): {
  readonly shapes: readonly Shape[];
  readonly loose: readonly Fields[];
  /** For each which shape it is of; those that are loose are of one behind the others. */
  readonly which: Uint8Array;
} {
  const shapes: Shape[] = [];
  const loose: Fields[] = [];
  const which = new Uint8Array(objects.length);
  let last = 0;
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i]!;
    if (shapes.length === 0 || !isOf(object, shapes[last]!.keys)) {
      const known = shapes.findIndex(({ keys }) => isOf(object, keys));
      if (known < 0 && shapes.length === MOST_SHAPES) {
        which[i] = MOST_SHAPES;
        loose.push(object);
        continue;
      }
      last = known < 0 ? shapes.push(shapeOf(object, shapes.length === 0 ? objects.length : 0)) - 1 : known;
    }
    which[i] = last;
    const shape = shapes[last]!;
    for (let j = 0; j < shape.keys.length; j++) shape.columns[j]![shape.count] = object[shape.keys[j]!];
    shape.count++;
  }
  for (const { columns, count } of shapes) for (const column of columns) column.length = count;
  return { shapes, loose, which };
}

/** @param most room for so many: most often all are alike, and the first one is of the shape of all. */
function shapeOf(object: Fields, most: number): Shape {
  const keys = keysOf(object);
  return { keys, columns: keys.map(() => new Array<Item>(most)), count: 0 };
}

function isOf(object: Fields, keys: readonly FieldKey[]): boolean {
  const own = keysOf(object);
  if (own.length !== keys.length) return false;
  for (let i = 0; i < own.length; i++) if (own[i] !== keys[i]) return false;
  return true;
}
