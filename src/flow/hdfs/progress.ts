import type { Progress } from '../define/framer.ts';
import type { PlainData, Split } from '../define/position.ts';
import { PACKING_SIZE, packingOf } from '../framing/packing.ts';

/** How far a file was read. */
export type FileAt = {
  /** The number by which the name node knows it. */
  readonly id: number;
  /** Bytes of whole records; of packed data, of what is unpacked. */
  readonly offset: number;
  /** The record that begins there was told of as bad, before its end had come. */
  readonly isPassing?: true | undefined;
  readonly isPacked?: true | undefined;
};

/** The position in one file. */
export class HdfsProgress implements Progress {
  readonly from: number;
  readonly skip: number;
  readonly isPassing: boolean;
  private readonly key: string;
  private readonly id: number;
  private readonly done: () => PlainData;
  /** Packed data can be read from its start only. */
  private isPacked: boolean;
  /** The first bytes, while they are too few to tell; undefined once that is known. */
  private first: Buffer | undefined;

  /** @param done what is in the position once it was read. @param at how far it was, where it goes on. */
  constructor(path: string, id: number, done: () => PlainData, at?: FileAt) {
    this.key = path;
    this.id = id;
    this.done = done;
    this.from = at?.offset ?? 0;
    this.isPassing = at?.isPassing === true;
    this.isPacked = at?.isPacked === true;
    this.skip = this.isPacked ? this.from : 0;
    this.first = this.begin === 0 ? Buffer.alloc(0) : undefined;
  }

  /** The byte to read from. */
  get begin(): number {
    return this.isPacked ? 0 : this.from;
  }

  /** The next bytes are about to be given to the framer. */
  see(bytes: Buffer): void {
    if (this.first === undefined) return;
    const first = Buffer.concat([this.first, bytes.subarray(0, PACKING_SIZE)]);
    const packing = packingOf(first);
    this.first = packing === 'more' ? first : undefined;
    this.isPacked = packing !== undefined && packing !== 'more';
  }

  behind(offset: number, isPassing: boolean): Split {
    const { id, isPacked } = this;
    const at: FileAt = { id, offset, isPassing: isPassing || undefined, isPacked: isPacked || undefined };
    return { key: this.key, at };
  }

  over(isWhole: boolean): Split | undefined {
    return isWhole ? { key: this.key, at: this.done() } : undefined;
  }
}
