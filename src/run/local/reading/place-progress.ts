import type { Progress } from '../../../flow/define/framer.ts';
import type { Split } from '../../../flow/define/position.ts';
import { PACKING_SIZE, packingOf } from '../../../flow/framing/packing.ts';
import { keyOf, type ReceivedAt } from '../../durable/input-found.ts';

/** The position in what one place gave that data is received from. */
export class PlaceProgress implements Progress {
  readonly from: number;
  readonly skip: number;
  readonly isPassing: boolean;
  private readonly key: string;
  private readonly name: string;
  /** Packed data, and that of some sources, can be read from its start only, so that all of it is kept until its end. */
  private isPacked: boolean;
  /** The first bytes, while they are too few to tell; undefined once that is known. */
  private first: Buffer | undefined;

  /** @param at how far it was, where it goes on. */
  constructor(origin: number, name: string, readsFromStart: boolean, at?: ReceivedAt) {
    this.key = keyOf(origin);
    this.name = name;
    this.from = at?.offset ?? 0;
    this.isPassing = at?.isPassing === true;
    this.isPacked = readsFromStart || at?.isPacked === true;
    this.skip = this.isPacked ? this.from : 0;
    this.first = this.from === 0 && !this.isPacked ? Buffer.alloc(0) : undefined;
  }

  /** Which of the bytes that came is the first that the framer is given. */
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
    const { key, name, isPacked } = this;
    const at: ReceivedAt = { name, offset, isPassing: isPassing || undefined, isPacked: isPacked || undefined };
    return { key, at };
  }

  over(): Split {
    return { key: this.key, at: null };
  }
}
