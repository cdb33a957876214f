/**
 * The names of fields as the objects of records hold them.
 *
 * An engine lists what looks like the index of a list, `"0"` to `"4294967294"`, before all other names of an object and by size, so
 * `{"region":1,"2024":2,"2023":3}` would come out in another order than it went in. Fields keep the order in which they were made, so such a name is held behind
 * a mark that makes it a name like any other:
 *
 *     name in text    region    2024      \u0000x
 *     key in objects  region    \u00002024    \u0000\u0000x       the mark before a name that begins with the mark, so that no two share a key
 *
 * A key is no `string` to the compiler's eyes and objects take nothing else, so a name cannot get into an object, nor a key be told as a name, unnoticed.
 */
declare const held: unique symbol;

/** The name of a field as objects hold it; see {@link keyOf}. */
export type FieldKey = string & { readonly [held]: true };

const MARK = '\u0000';

const ZERO = 0x30;
const NINE = 0x39;

/** The names that an engine would put in an order of its own, all of them and a few more: those of ten digits that are no index. */
const LIKE_INDEX = /^(?:0|[1-9]\d{0,9})$/;

/** How objects hold a name. */
export function keyOf(name: string): FieldKey {
  const first = name.charCodeAt(0);
  // Most names are told apart by their first character.
  if (first > NINE || (first < ZERO && first !== 0)) return name as FieldKey;
  return (first === 0 || LIKE_INDEX.test(name) ? MARK + name : name) as FieldKey;
}

/** The name that a key stands for. */
export function nameOf(key: FieldKey): string {
  return isMarked(key) ? key.slice(1) : key;
}

/** Whether a key is not the name that it stands for. */
function isMarked(key: FieldKey): boolean {
  return key.charCodeAt(0) === 0;
}

/** Whether a name is held as it is. */
export function isPlainName(name: string): boolean {
  return keyOf(name) === name;
}
