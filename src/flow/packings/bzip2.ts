import { type Driver, loadDriver } from '../drivers/driver.ts';
import { BytesAhead } from './bytes-ahead.ts';
import { needed } from './needed.ts';
import { type Steps, UnpackFault } from './stepped.ts';

const BZIP2: Driver = { package: 'unbzip2-stream', version: '1.4.3', of: 'bzip2' };

/** Reads the next bits of the data, 1 to 32 of them; with null it goes to the next whole byte. */
type Bits = (count: number | null) => number;

/** The part of the library that unpacks a block, by bits that it asks for. Between blocks it keeps nothing. */
interface Blocks {
  /** Reads the beginning of a stream: of how many 100,000 bytes its blocks are. */
  header(bits: Bits): number;
  /** Unpacks a block, or takes the end of a stream: then it gives null. @returns the check of the stream so far. */
  decompress(bits: Bits, give: (byte: number) => void, work: Int32Array, size: number, check: number): number | null;
}

const UNIT = 100_000;

/** What a block has at most beside its bytes, each of which takes one at most. */
const BESIDE = 25_000;

/** So many bytes are given at a time, and so many have room at first: a block is about as long, or of much that is alike far longer. */
const PIECE = 64 * 1024;
const ROOM = 1024 * 1024;

/** Unpacks bzip2 block by block, of several streams too; its checks are held. What a block needs is held until it is whole. */
export class Bzip2Steps implements Steps {
  private readonly blocks: Blocks;
  private readonly ahead = new BytesAhead();
  private readonly bits: Bits;
  /** Of the blocks of the stream under way; 0 between streams. */
  private size = 0;
  private check = 0;
  private work = new Int32Array(0);
  private out = Buffer.allocUnsafeSlow(ROOM);
  private filled = 0;
  private readonly give = (byte: number) => {
    if (this.filled === this.out.length) this.grow();
    this.out[this.filled++] = byte;
  };

  /** @throws UnpackFault where the library is not installed. */
  constructor() {
    this.blocks = needed(BZIP2, () => loadDriver<Blocks>(BZIP2, 'unbzip2-stream/lib/bzip2.js'));
    this.bits = bitsOf(this.ahead);
  }

  *take(bytes: Buffer): Iterable<Buffer> {
    this.ahead.append(bytes);
    while (this.ahead.length > BESIDE + this.size) yield* this.block();
  }

  *end(): Iterable<Buffer> {
    while (this.ahead.length > 0) yield* this.block();
    if (this.size > 0) throw new UnpackFault('torn');
  }

  /** The next block, or the beginning or end of a stream. */
  private *block(): Iterable<Buffer> {
    try {
      if (this.size === 0) {
        this.size = this.blocks.header(this.bits) * UNIT;
        this.check = 0;
        if (this.work.length < this.size) this.work = new Int32Array(this.size);
        return;
      }
      this.filled = 0;
      const check = this.blocks.decompress(this.bits, this.give, this.work, this.size, this.check);
      if (check === null) this.size = 0;
      else this.check = check;
    } catch (error) {
      throw error instanceof UnpackFault ? error : new UnpackFault('damaged');
    }
    for (let at = 0; at < this.filled; at += PIECE) {
      yield this.out.subarray(at, Math.min(this.filled, at + PIECE));
    }
  }

  private grow(): void {
    const larger = Buffer.allocUnsafeSlow(this.out.length * 2);
    this.out.copy(larger);
    this.out = larger;
  }
}

/** Bits of what is ahead, the highest of a byte first. */
function bitsOf(ahead: BytesAhead): Bits {
  let known = 0;
  let count = 0;
  const bits: Bits = (wanted) => {
    if (wanted === null) {
      count -= count % 8;
      return 0;
    }
    if (wanted > 16) return (bits(wanted - 16) << 16) | bits(16);
    while (count < wanted) {
      known = ((known << 8) | ahead.next()) & 0xffffff;
      count += 8;
    }
    count -= wanted;
    return (known >>> count) & ((1 << wanted) - 1);
  };
  return bits;
}
