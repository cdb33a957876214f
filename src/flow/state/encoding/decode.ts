import { crc32 } from 'node:zlib';
import { keyOf } from '../../../base/field-key.ts';
import { type NewFields, setField, setFieldAt, type Value } from '../../../base/value.ts';
import type { State } from '../../define/snapshot.ts';
import { ByteReader } from './byte-reader.ts';
import { bigintOf, countOf, cut, cutUp, listOf, repeated, speltOf, sumOf, woven } from './cutting.ts';
import {
  Allowance,
  BIGINTS,
  BLOCK,
  BYTES,
  CONSTANTS,
  DEEPEST,
  DOUBLES,
  HEADER,
  INTS,
  isFree,
  KINDS,
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
  VERSION,
  WIDEST,
} from './kinds.ts';
import { StateError } from './state-error.ts';

type Item = unknown;

/**
 * The state that was written as these bytes. It shares nothing with them.
 *
 * @throws StateError where they are not all of what `encodeState` gave, or are of another version. What has the right checksum by chance or by
 * intent gives some state or is refused; it needs no more time and memory than some times its length.
 */
export function decodeState(bytes: Uint8Array): State {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.length < HEADER || buffer.readUInt32LE(0) !== MAGIC) throw new StateError('it is not a state of leat');
  const version = buffer.readUInt8(4);
  if (version !== VERSION) {
    throw new StateError(`it is of version ${version} of the format, and this leat reads version ${VERSION}`);
  }
  if (buffer.readUInt32LE(5) !== crc32(buffer.subarray(HEADER))) throw new StateError('its checksum is wrong');
  const reader = new ByteReader(buffer, HEADER);
  const [state] = new Decoder(reader).column(1, 0);
  if (reader.left > 0) throw new StateError('something stands behind its end');
  return state as State;
}

class Decoder {
  private readonly reader: ByteReader;
  private readonly allowance = new Allowance();

  constructor(reader: ByteReader) {
    this.reader = reader;
  }

  column(count: number, depth: number): Item[] {
    if (depth > DEEPEST) throw new StateError('it is nested too deep');
    const { reader } = this;
    const kind = reader.byte();
    if (kind === MIXED) return this.mixed(count, depth);
    if (isFree(kind) && !this.allowance.covers(count, reader.position - 1)) {
      throw new StateError('there is more in it than its length allows');
    }
    return this.body(kind, count, depth);
  }

  private mixed(count: number, depth: number): Item[] {
    const { reader } = this;
    const kinds = [...reader.raw(reader.byte())];
    const which = reader.raw(count);
    const columns = kinds.map((kind, i) => this.body(kind, countOf(which, i), depth));
    return woven(which, columns);
  }

  private body(kind: number, count: number, depth: number): Item[] {
    switch (kind) {
      case NUMBERS:
        return this.numbers(count);
      case TEXTS:
        return this.texts(count);
      case BIGINTS:
        return this.texts(count).map(bigintOf);
      case SPELT:
        return this.texts(count).map(speltOf);
      case LISTS:
        return this.lists(count, depth + 1);
      case OBJECTS:
        return this.objects(count, depth + 1);
      case MAPS:
        return this.maps(count, depth + 1);
      case SETS:
        return this.sets(count, depth + 1);
      case BYTES:
        return this.memories(count, 1, (memory) => new Uint8Array(memory));
      case INTS:
        return this.memories(count, 4, (memory) => new Int32Array(memory));
      case DOUBLES:
        return this.memories(count, 8, (memory) => new Float64Array(memory));
      default:
        if (kind >= KINDS) throw new StateError(`it has something of an unknown kind, ${kind}`);
        return repeated(CONSTANTS[kind], count);
    }
  }

  private numbers(count: number): number[] {
    const { reader } = this;
    const width = reader.byte();
    if (width !== 1 && width !== 2 && width !== 4 && width !== 8)
      throw new StateError(`it has numbers of ${width} bytes`);
    const memory = reader.memory(count * width);
    if (width === 8) return listOf(new Float64Array(memory));
    if (width === 4) return listOf(new Int32Array(memory));
    return listOf(width === 2 ? new Int16Array(memory) : new Int8Array(memory));
  }

  /** Numbers of items, that stand somewhere behind. */
  private sizes(count: number): number[] {
    const sizes = this.numbers(count);
    for (const size of sizes)
      if (!(size >= 0 && Number.isSafeInteger(size))) throw new StateError(`it has a length of ${size}`);
    return sizes;
  }

  private texts(count: number): string[] {
    const lengths = this.sizes(count);
    const texts: string[] = [];
    let length = 0;
    let from = 0;
    for (let i = 0; i < count; i++) {
      length += lengths[i]!;
      if (length < BLOCK && i < count - 1) continue;
      const width = this.reader.byte();
      if (width !== 1 && width !== 2) throw new StateError(`it has characters of ${width} bytes`);
      cutUp(this.reader.raw(width * length), width, lengths, from, i + 1, texts);
      length = 0;
      from = i + 1;
    }
    return texts;
  }

  private lists(count: number, depth: number): Item[][] {
    const width = this.reader.byte();
    if (width === 0) {
      const lengths = this.sizes(count);
      return cut(this.column(sumOf(lengths), depth), lengths);
    }
    if (width > WIDEST) throw new StateError(`it has lists in ${width} columns`);
    const columns = Array.from({ length: width }, () => this.column(count, depth));
    const lists: Item[][] = [];
    for (let i = 0; i < count; i++) {
      const list: Item[] = [];
      for (let j = 0; j < width; j++) list.push(columns[j]![i]);
      lists.push(list);
    }
    return lists;
  }

  private objects(count: number, depth: number): Item[] {
    const { reader } = this;
    const shapes = reader.byte();
    const loose = reader.byte();
    if (shapes > MOST_SHAPES || loose > 1) throw new StateError('it has objects of too many shapes');
    const classes = shapes + loose;
    const which = classes > 1 ? reader.raw(count) : undefined;
    const columns: Item[][] = [];
    for (let i = 0; i < classes; i++) {
      // Loose ones are marked with the number behind that of the last shape there may be.
      const size = which === undefined ? count : countOf(which, i < shapes ? i : MOST_SHAPES);
      columns[i < shapes ? i : MOST_SHAPES] = i < shapes ? this.shape(size, depth) : this.loose(size, depth);
    }
    if (which !== undefined) return woven(which, columns);
    return columns[0] ?? columns[MOST_SHAPES] ?? repeated(undefined, count);
  }

  private shape(count: number, depth: number): Item[] {
    const width = this.reader.whole();
    if (width === 0) {
      this.reader.raw(count);
      return Array.from({ length: count }, () => ({}));
    }
    const keys = this.texts(width).map(keyOf);
    const columns = keys.map(() => this.column(count, depth));
    const objects: Item[] = [];
    for (let i = 0; i < count; i++) {
      const object: NewFields = {};
      for (let j = 0; j < width; j++) setFieldAt(object, keys[j]!, columns[j]![i] as Value);
      objects.push(object);
    }
    return objects;
  }

  private loose(count: number, depth: number): Item[] {
    const widths = this.sizes(count);
    const size = sumOf(widths);
    const names = this.column(size, depth);
    const values = this.column(size, depth);
    let at = 0;
    return widths.map((width) => {
      const object: NewFields = {};
      for (const end = at + width; at < end; at++) setField(object, String(names[at]), values[at] as Value);
      return object;
    });
  }

  private maps(count: number, depth: number): Map<Item, Item>[] {
    const sizes = this.sizes(count);
    const size = sumOf(sizes);
    const keys = this.column(size, depth);
    const values = this.column(size, depth);
    let at = 0;
    return sizes.map((length) => {
      const map = new Map<Item, Item>();
      for (const end = at + length; at < end; at++) map.set(keys[at], values[at]);
      return map;
    });
  }

  private sets(count: number, depth: number): Set<Item>[] {
    const sizes = this.sizes(count);
    return cut(this.column(sumOf(sizes), depth), sizes).map((members) => new Set(members));
  }

  private memories<T>(count: number, width: number, of: (memory: ArrayBuffer) => T): T[] {
    return this.sizes(count).map((size) => of(this.reader.memory(size * width)));
  }
}
