/** Kinds of values in Thrift's compact form: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md. */
const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;
/** Those of whole numbers. */
const NUMBERS: ReadonlySet<number> = new Set([4, 5, 6]);

/** A list that says that it has more than there is. */
export class ListFault extends RangeError {}

/**
 * Looks at the lists of a structure before the library reads it, which makes room for as many items as a list says that it has: lists within each
 * other, of which each says that it has millions, took 256 MB for six bytes. Each item takes a byte at least, so all lists together have no more
 * of them than there are bytes.
 *
 * @param at where the structure begins.
 * @throws ListFault where there would be more, another RangeError where it is cut off or none.
 */
export function checkLists(view: DataView, at: number): void {
  let left = view.byteLength - at;
  const byte = () => view.getUint8(at++);
  /** As the library has it: of 32 bits, with a sign. */
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const more = byte();
      value |= (more & 0x7f) << shift;
      if (more < 0x80) return value;
    }
  };
  const skip = (length: number) => {
    if (length < 0 || length > view.byteLength - at) throw new RangeError('it is cut off');
    at += length;
  };
  const struct = () => {
    for (let head = byte(); (head & 15) !== STOP; head = byte()) {
      if (head >> 4 === 0) number();
      element(head & 15);
    }
  };
  const list = () => {
    const head = byte();
    const kind = head & 15;
    const count = head >> 4 === 15 ? number() : head >> 4;
    left -= count;
    if (count < 0 || left < 0) throw new ListFault('a list of it says that it has more than there is');
    for (let i = 0; i < count; i++) element(kind === TRUE || kind === FALSE ? BYTE : kind);
  };
  const element = (kind: number) => {
    if (kind === BYTE) byte();
    else if (kind === DOUBLE) skip(8);
    else if (kind === BINARY) skip(number());
    else if (kind === LIST) list();
    else if (kind === STRUCT) struct();
    else if (NUMBERS.has(kind)) number();
    else if (kind !== TRUE && kind !== FALSE) throw new RangeError('it has a value of a kind that is none');
  };
  struct();
}
