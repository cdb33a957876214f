import { SpeltNumber } from '../../../base/spelt-number.ts';

/**
 * How a state is written. Everything stands in columns, a column of one item at the outset: how many items it has is told by what it stands in.
 *
 *     bytes     "leat"  version  CRC-32 of what follows  column of 1
 *     column    kind, then what that kind needs:
 *
 *     undefined null false true     nothing
 *     numbers                       width 1 2 4: whole numbers, 8: doubles; then the numbers as they lie in memory, little-endian
 *     texts                         their lengths as numbers; then their characters in blocks, of one byte each, or two
 *     bigints, spelt numbers        as texts: hexadecimal, and as they are spelt
 *     lists                         0, their lengths as numbers, a column of all items; or their one length, and so many columns
 *     objects                       shapes; for each item which; for each shape the names of its keys and a column for each;
 *                                   the objects of more than a few shapes have all their names and values in two columns
 *     maps, sets                    their sizes as numbers; columns of all keys, and of all values
 *     bytes, ints, doubles          their lengths as numbers, and their content
 *     mixed                         which kinds; for each item which; a column for each kind
 *
 * Items of some kinds need no byte of their own (see `isFree`); where they are too many for so few bytes, they stand in a mixed column of one
 * kind (see `Allowance`).
 */
export const VERSION = 1;
export const MAGIC = 0x7461656c;
/** Magic, version, checksum. */
export const HEADER = 9;

export const UNDEFINED = 0;
const NULL = 1;
const FALSE = 2;
export const TRUE = 3;
export const NUMBERS = 4;
export const TEXTS = 5;
export const BIGINTS = 6;
export const SPELT = 7;
export const LISTS = 8;
export const OBJECTS = 9;
export const MAPS = 10;
export const SETS = 11;
export const BYTES = 12;
export const INTS = 13;
export const DOUBLES = 14;
export const MIXED = 15;

/** How many kinds there are beside the mixed. */
export const KINDS = MIXED;

/** The longest lists that are written as so many columns, where all are as long. */
export const WIDEST = 16;
/** So many shapes of objects are told apart in one column. */
export const MOST_SHAPES = 32;
/** The characters of so many texts stand in one block, and of one more. */
export const BLOCK = 2 ** 20;
/** Lists, maps and objects within each other, as deep as what works on values can follow, and a few more of our own. */
export const DEEPEST = 1500;

/** Whether there may be many items of a kind without a byte for each: constants, and what may hold nothing else. */
export function isFree(kind: number): boolean {
  return kind <= TRUE || kind === LISTS || kind === OBJECTS;
}

/** The constant of a kind that needs no bytes. */
export const CONSTANTS: readonly (undefined | null | boolean)[] = [undefined, null, false, true];

export function kindOf(item: unknown): number {
  switch (typeof item) {
    case 'number':
      return NUMBERS;
    case 'string':
      return TEXTS;
    case 'undefined':
      return UNDEFINED;
    case 'boolean':
      return item ? TRUE : FALSE;
    case 'bigint':
      return BIGINTS;
    case 'object':
      return item === null ? NULL : kindOfObject(item);
    default:
      throw new Error(`a ${typeof item} is not plain data`);
  }
}

function kindOfObject(item: object): number {
  if (Array.isArray(item)) return LISTS;
  const prototype = Object.getPrototypeOf(item);
  if (prototype === Object.prototype || prototype === null) return OBJECTS;
  if (item instanceof SpeltNumber) return SPELT;
  if (item instanceof Map) return MAPS;
  if (item instanceof Set) return SETS;
  if (item instanceof Uint8Array) return BYTES;
  if (item instanceof Int32Array) return INTS;
  if (item instanceof Float64Array) return DOUBLES;
  throw new Error(`an object of ${item.constructor?.name ?? 'no class'} is not plain data`);
}

/**
 * How many items may stand in columns without a byte for each: few, or no more than what has been written before allows. So no input, however wrong,
 * can ask for much more memory than it is long. Writer and reader count alike.
 */
export class Allowance {
  private static readonly FEW = 64;
  private static readonly PER_BYTE = 16;
  private given = 0;

  /** @param position how many bytes there are before the items. */
  covers(items: number, position: number): boolean {
    if (items <= Allowance.FEW) return true;
    if (this.given + items > Allowance.PER_BYTE * position) return false;
    this.given += items;
    return true;
  }
}
