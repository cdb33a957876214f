import { copyBack } from '../packings/copy-back.ts';
import { UnpackFault } from '../packings/stepped.ts';
import { TooMuch } from '../packings/whole.ts';

/** What Java's library puts in front of several blocks, each behind its size. */
const FRAMED = Buffer.from('\x82SNAPPY\0', 'latin1');
const FRAMED_HEADER = 16;

/**
 * Unpacks what was packed by Snappy (https://github.com/google/snappy/blob/main/format_description.txt), one block or several in frames, as
 * producers write it.
 *
 * @throws UnpackFault where it is damaged, or has more than `most` bytes unpacked.
 */
export function unpackSnappy(bytes: Buffer, most: number): Buffer {
  if (!bytes.subarray(0, FRAMED.length).equals(FRAMED)) return unpackBlock(bytes, most);
  const blocks: Buffer[] = [];
  let size = 0;
  for (let at = FRAMED_HEADER; at < bytes.length; ) {
    const start = at + 4;
    if (start > bytes.length) throw new UnpackFault('torn');
    at = start + bytes.readUInt32BE(start - 4);
    if (at > bytes.length) throw new UnpackFault('torn');
    const block = unpackBlock(bytes.subarray(start, at), most - size);
    size += block.length;
    blocks.push(block);
  }
  return Buffer.concat(blocks, size);
}

/** Its size, then literals, and what stands so many bytes before. */
function unpackBlock(bytes: Buffer, most: number): Buffer {
  let from = 0;
  const next = () => {
    if (from >= bytes.length) throw new UnpackFault('torn');
    return bytes[from++]!;
  };
  const number = (length: number) => {
    let value = 0;
    for (let i = 0; i < length; i++) value += next() * 256 ** i;
    return value;
  };
  const size = sizeOf(next);
  if (size > most) throw new TooMuch(most);
  const plain = Buffer.allocUnsafe(size);
  let at = 0;
  while (from < bytes.length) {
    const tag = next();
    const kind = tag & 3;
    if (kind > 0) {
      const length = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
      const back = kind === 1 ? ((tag >> 5) << 8) + next() : number(kind === 2 ? 2 : 4);
      copyBack(plain, { at, back, length, limit: size });
      at += length;
      continue;
    }
    const short = tag >> 2;
    const length = 1 + (short < 60 ? short : number(short - 59));
    if (from + length > bytes.length || at + length > size) throw new UnpackFault('damaged');
    bytes.copy(plain, at, from, from + length);
    from += length;
    at += length;
  }
  if (at < size) throw new UnpackFault('torn');
  return plain;
}

/** A number of 32 bits, seven of them a byte, the lowest first. */
function sizeOf(next: () => number): number {
  let size = 0;
  for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
    const byte = next();
    size += (byte & 127) * factor;
    if (byte < 128) return size;
  }
  throw new UnpackFault('damaged');
}
