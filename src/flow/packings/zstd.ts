import type { Decompress } from 'fzstd';
import type { XXHash, XXHashAPI } from 'xxhash-wasm';
import { formatSize } from '../../base/size.ts';
import { type Driver, loadDriver } from '../drivers/driver.ts';
import { openChecks } from './checks.ts';
import { Frames } from './frames.ts';
import { needed } from './needed.ts';
import { type Steps, UnpackFault } from './stepped.ts';

const ZSTD: Driver = { package: 'fzstd', version: '0.1.1', of: 'zstd' };

/** The sizes of RFC 8878, 3.1.1: of what begins a frame, and of a block. */
const MAGIC = 0xfd2fb528;
const CONTENT_SIZES = [0, 2, 4, 8];
const DICTIONARY_SIZES = [0, 1, 2, 4];
const BLOCK_HEADER = 3;
const MOST_BLOCK = 128 * 1024;
const CHECK = 4;

/** How far back a frame may look, bytes: as far as the program `zstd` goes without being asked. */
const MOST_WINDOW = 128 * 1024 * 1024;

/** A block of one byte that is repeated. */
const REPEATED = 1;
const RESERVED = 3;

/** Opens what unpacks zstd. Rejects with an UnpackFault where the libraries are not installed. */
export async function openZstd(): Promise<Steps> {
  return new ZstdSteps(await openChecks('zstd'));
}

/** Unpacks zstd block by block, of several frames too. The library knows neither where a frame ends nor its check, which are looked after here. */
class ZstdSteps extends Frames<Decompress> {
  private readonly makeFrame: new (
    give: (piece: Uint8Array) => void,
  ) => Decompress;
  private readonly hash: XXHashAPI;
  /** Of the frame under way, where it has one at its end. */
  private check: XXHash<bigint> | undefined;
  private hasCheck = false;
  private isLast = false;
  private given: Uint8Array[] = [];

  /** @param hash what checks are held by. @throws UnpackFault where the library is not installed. */
  constructor(hash: XXHashAPI) {
    super();
    this.makeFrame = needed(ZSTD, () => loadDriver<typeof import('fzstd')>(ZSTD).Decompress);
    this.hash = hash;
  }

  protected *unpacked(): Iterable<Buffer> {
    for (const { buffer, byteOffset, byteLength } of this.given) {
      const piece = Buffer.from(buffer, byteOffset, byteLength);
      this.check?.update(piece);
      yield piece;
    }
    this.given = [];
  }

  protected goOn(frame: Decompress): boolean {
    return this.isLast ? this.finish() : this.block(frame);
  }

  protected begin(): boolean {
    const head = this.ahead.peek(18);
    if (head.length < 5) return false;
    if (head.readUInt32LE() !== MAGIC) throw new UnpackFault('damaged');
    const flags = head[4]!;
    const isSingle = (flags & 32) !== 0;
    const sizeBytes = Math.max(CONTENT_SIZES[flags >> 6]!, isSingle ? 1 : 0);
    const dictionary = isSingle ? 5 : 6;
    const content = dictionary + DICTIONARY_SIZES[flags & 3]!;
    const size = content + sizeBytes;
    if (head.length < size) return false;
    if (head.subarray(dictionary, content).some((byte) => byte !== 0)) {
      throw new UnpackFault('other', 'its zstd data needs a dictionary');
    }
    checkWindow(isSingle ? contentSize(head.subarray(content, size)) : windowSize(head[5]!));
    const header = Buffer.from(this.ahead.take(size));
    // The check is held here.
    header[4] = flags & ~4;
    this.hasCheck = (flags & 4) !== 0;
    this.check = this.hasCheck ? this.hash.create64() : undefined;
    this.isLast = false;
    this.frame = new this.makeFrame((piece) => piece.length > 0 && this.given.push(piece));
    this.frame.push(header);
    return true;
  }

  private block(frame: Decompress): boolean {
    const head = this.ahead.peek(BLOCK_HEADER);
    if (head.length < BLOCK_HEADER) return false;
    const header = head.readUIntLE(0, BLOCK_HEADER);
    const kind = (header >> 1) & 3;
    if (kind === RESERVED || header >> 3 > MOST_BLOCK) throw new UnpackFault('damaged');
    const size = BLOCK_HEADER + (kind === REPEATED ? 1 : header >> 3);
    if (this.ahead.length < size) return false;
    this.isLast = (header & 1) !== 0;
    try {
      frame.push(this.ahead.take(size), this.isLast);
    } catch {
      throw new UnpackFault('damaged');
    }
    if (this.isLast && !this.hasCheck) this.frame = undefined;
    return true;
  }

  private finish(): boolean {
    const bytes = this.ahead.peek(CHECK);
    if (bytes.length < CHECK) return false;
    this.ahead.take(CHECK);
    this.frame = undefined;
    if (this.check !== undefined && Number(this.check.digest() & 0xffffffffn) !== bytes.readUInt32LE()) {
      throw new UnpackFault('damaged');
    }
    return true;
  }
}

function contentSize(bytes: Buffer): number {
  if (bytes.length === 8) return Number(bytes.readBigUInt64LE());
  // 256 is added where it has two bytes.
  return bytes.readUIntLE(0, bytes.length) + (bytes.length === 2 ? 256 : 0);
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function checkWindow(size: number): void {
  if (size <= MOST_WINDOW) return;
  throw new UnpackFault(
    'other',
    `its zstd data wants ${formatSize(size)} to look back at, and gets ${formatSize(MOST_WINDOW)}`,
  );
}
