import type { XXHash, XXHashAPI } from 'xxhash-wasm';
import { openChecks } from './checks.ts';
import { copyBack } from './copy-back.ts';
import { Frames } from './frames.ts';
import { type Steps, UnpackFault } from './stepped.ts';

/** The sizes of the format of frames (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md). */
const MAGIC = 0x184d2204;
const CHECK = 4;

/** Flags of what begins a frame. */
const INDEPENDENT = 32;
const BLOCK_CHECKS = 16;
const CONTENT_SIZE = 8;
const CONTENT_CHECK = 4;
const DICTIONARY = 1;

/** A block that is not packed has this bit in its size. */
const AS_IT_IS = 0x80000000;

/** How far back a block may look, bytes. */
const WINDOW = 64 * 1024;

/** So many bytes of a block are given at a time. */
const SLICE = 128 * 1024;

/** Opens what unpacks lz4. Rejects with an UnpackFault where the library of its checks is not installed. */
export async function openLz4(): Promise<Steps> {
  return new Lz4Steps(await openChecks('lz4'));
}

/** What is known of the frame under way. */
interface Frame {
  readonly areIndependent: boolean;
  readonly hasBlockChecks: boolean;
  /** Of its content, where it has one. */
  readonly check: XXHash<number> | undefined;
  /** Bytes of a block at most, plain or packed. */
  readonly most: number;
  /** In front what blocks look back at, and behind it a block. */
  readonly plain: Buffer;
}

/** Unpacks lz4 block by block, of several frames too. All that is held is a block, packed and plain, and what it looks back at. */
class Lz4Steps extends Frames<Frame> {
  private readonly hash: XXHashAPI;
  /** Where the last block begins and ends in what is plain. */
  private begins = 0;
  private ends = 0;
  private isBehindBlocks = false;

  constructor(hash: XXHashAPI) {
    super();
    this.hash = hash;
  }

  protected *unpacked(): Iterable<Buffer> {
    for (; this.frame !== undefined && this.begins < this.ends; this.begins += SLICE) {
      yield this.frame.plain.subarray(this.begins, Math.min(this.ends, this.begins + SLICE));
    }
    this.begins = this.ends;
  }

  protected goOn(frame: Frame): boolean {
    return this.isBehindBlocks ? this.finish(frame) : this.block(frame);
  }

  protected begin(): boolean {
    const head = this.ahead.peek(19);
    if (head.length < 7) return false;
    const flags = head[4]!;
    const exponent = (head[5]! >> 4) & 7;
    if (head.readUInt32LE() !== MAGIC || flags >> 6 !== 1 || exponent < 4) throw new UnpackFault('damaged');
    const size = 6 + (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY ? 4 : 0);
    if (head.length <= size) return false;
    if (((this.hash.h32Raw(head.subarray(4, size)) >>> 8) & 255) !== head[size]) throw new UnpackFault('damaged');
    if (flags & DICTIONARY) throw new UnpackFault('other', 'its lz4 data needs a dictionary');
    this.ahead.take(size + 1);
    const most = 2 ** (8 + 2 * exponent);
    this.frame = {
      areIndependent: (flags & INDEPENDENT) !== 0,
      hasBlockChecks: (flags & BLOCK_CHECKS) !== 0,
      check: flags & CONTENT_CHECK ? this.hash.create32() : undefined,
      most,
      plain: Buffer.allocUnsafe(WINDOW + most),
    };
    this.begins = 0;
    this.ends = 0;
    this.isBehindBlocks = false;
    return true;
  }

  private block(frame: Frame): boolean {
    const { hasBlockChecks, most, check } = frame;
    const head = this.ahead.peek(4);
    if (head.length < 4) return false;
    const field = head.readUInt32LE();
    if (field === 0) {
      this.ahead.take(4);
      this.isBehindBlocks = true;
      return true;
    }
    const size = field % AS_IT_IS;
    if (size > most) throw new UnpackFault('damaged');
    if (this.ahead.length < 4 + size + (hasBlockChecks ? CHECK : 0)) return false;
    this.ahead.take(4);
    const bytes = this.ahead.take(size);
    if (hasBlockChecks && this.hash.h32Raw(bytes) !== this.ahead.take(CHECK).readUInt32LE())
      throw new UnpackFault('damaged');
    this.moveBack(frame);
    this.ends =
      field >= AS_IT_IS ? asItIs(bytes, frame.plain, this.begins) : unpackBlock(bytes, frame.plain, this.begins, most);
    check?.update(frame.plain.subarray(this.begins, this.ends));
    return true;
  }

  /** What the next block looks back at stands in front of it. */
  private moveBack({ areIndependent, plain }: Frame): void {
    const kept = areIndependent ? 0 : Math.min(WINDOW, this.ends);
    plain.copyWithin(0, this.ends - kept, this.ends);
    this.begins = kept;
  }

  private finish({ check }: Frame): boolean {
    if (check !== undefined) {
      if (this.ahead.length < CHECK) return false;
      if (check.digest() !== this.ahead.take(CHECK).readUInt32LE()) throw new UnpackFault('damaged');
    }
    this.frame = undefined;
    return true;
  }
}

function asItIs(bytes: Buffer, plain: Buffer, start: number): number {
  return start + bytes.copy(plain, start);
}

/**
 * Unpacks a block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md): literals, then what stands so many bytes before, again and again.
 *
 * @param plain what it may look back at, in front of `start`.
 * @returns where it ends. @throws UnpackFault where it is none, or has more than `most` bytes.
 */
function unpackBlock(bytes: Buffer, plain: Buffer, start: number, most: number): number {
  const limit = start + most;
  let from = 0;
  let at = start;
  const lengthOf = (first: number) => {
    let length = first;
    if (first !== 15) return length;
    for (let more = 255; more === 255; length += more) {
      if (from >= bytes.length) throw new UnpackFault('damaged');
      more = bytes[from++]!;
    }
    return length;
  };
  for (;;) {
    if (from >= bytes.length) throw new UnpackFault('damaged');
    const token = bytes[from++]!;
    const literals = lengthOf(token >> 4);
    if (from + literals > bytes.length || at + literals > limit) throw new UnpackFault('damaged');
    bytes.copy(plain, at, from, from + literals);
    from += literals;
    at += literals;
    // The last sequence has literals only.
    if (from === bytes.length) return at;
    if (from + 2 > bytes.length) throw new UnpackFault('damaged');
    const back = bytes[from]! + 256 * bytes[from + 1]!;
    from += 2;
    const length = lengthOf(token & 15) + 4;
    copyBack(plain, { at, back, length, limit });
    at += length;
  }
}
