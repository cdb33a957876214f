import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Split } from '../define/position.ts';
import { nothingNew } from './failure.ts';
import type { Fetched } from './fetch.ts';
import { Outlet } from './outlet.ts';
import type { StoredBatch } from './record-set.ts';
import { recordsIn } from './stored-records.ts';

/** So many answers in a row may hold something that nothing can be made of: of a batch that is cut off the rest is given when its partition is the first that is asked for. */
const MOST_VAIN = 100;

/** What the position has of a partition. */
interface At {
  readonly topic: string;
  readonly partition: number;
  /** Of the next record. */
  readonly offset: number;
  /** What tells its topic from another one of the name, where that is known. */
  readonly id?: string | undefined;
  readonly [name: string]: string | number | undefined;
}

/** How far a partition was read, in words: `orders 3 at offset 1,204`. */
export function partitionInWords({ at }: Split): string {
  const { topic, partition, offset } = at as At;
  return `${nameOf(topic, partition)} at offset ${offset.toLocaleString('en-US')}`;
}

/** How records are read. */
interface HowRead {
  readonly tag: boolean;
  /** The most bytes that a batch may unpack to. */
  readonly maxBatch: number;
  /** Where others read what stands in front of it and behind. */
  readonly ends?: ReadonlyMap<string, number>;
}

/** A partition that is read. */
export class Partition {
  readonly topic: string;
  readonly number: number;
  /** Of the next record. */
  offset: number;
  /** Nothing is read from this offset on. */
  end: number;
  /** What tells its topic from another one of the name, where that is known. */
  id: string | undefined;
  /** The id of the broker that has it. */
  leader = -1;
  /** Where it ends, as the broker said last. */
  high = 0;
  /** What was committed for a group. */
  committed: number | undefined;
  private readonly outlet: Outlet;
  private readonly context: SourceContext;
  private readonly how: HowRead;
  private isOver = false;
  /** How many answers in a row had nothing of it that could be gone on with. */
  private vain = 0;

  constructor(
    topic: string,
    number: number,
    offset: number,
    end: number,
    how: HowRead,
    context: SourceContext,
    from?: Split,
  ) {
    this.topic = topic;
    this.number = number;
    this.offset = offset;
    this.end = end;
    this.context = context;
    this.how = how;
    const origin = context.origin(nameOf(topic, number), undefined, from);
    this.outlet = new Outlet(origin, context, { topic, partition: number, tag: how.tag }, (offset) =>
      this.split(offset),
    );
  }

  /** Under which key the position has a partition. */
  static keyOf(topic: string, number: number): string {
    return `${topic}/${number}`;
  }

  static at(split: Split): At {
    return split.at as At;
  }

  get name(): string {
    return nameOf(this.topic, this.number);
  }

  get origin(): Origin {
    return this.outlet.origin;
  }

  /** Whether all that is wanted of it has been read. */
  get isDone(): boolean {
    return this.offset >= this.end;
  }

  /** How many records there are that were not read, marks of transactions among them. */
  get lag(): number {
    return Math.max(0, Math.min(this.high, this.end) - this.offset);
  }

  split(offset = this.offset): Split {
    const { topic, number, id } = this;
    const at: At = { topic, partition: number, offset, ...(id === undefined ? {} : { id }) };
    return { key: Partition.keyOf(topic, number), at };
  }

  /** Whether what came last of it was nothing that could be gone on with. */
  get isVain(): boolean {
    return this.vain > 0;
  }

  /** Hands on what was fetched from its offset on, some records at a time. Resolves when the inbox has room again. Rejects, to be tried again, where that is nothing once too often. */
  async take({ size, next, batches }: Fetched): Promise<void> {
    const { context, outlet, how, offset: from, end } = this;
    if (next === undefined || next <= from) {
      if (size > 0 && ++this.vain >= MOST_VAIN) throw nothingNew(`${this.name} from offset ${from} on`);
      return;
    }
    this.vain = 0;
    // What stands behind its end is left for who reads that.
    const behind = Math.min(next, end);
    for await (const some of recordsIn(inFrontOf(end, batches), { most: how.maxBatch, headers: how.tag })) {
      if ('problem' in some) {
        const isOwn = how.ends === undefined || some.next <= end;
        this.offset = Math.min(some.next, end);
        // Of a batch of which others read a part too, who comes to its end tells.
        if (isOwn) outlet.bad(some.problem, this.offset);
        continue;
      }
      const { records } = some;
      const isWhole = records[0]!.offset >= from && records.at(-1)!.offset < end;
      const wanted = isWhole ? records : records.filter(({ offset }) => offset >= from && offset < end);
      if (wanted.length === 0) continue;
      await outlet.give(wanted);
      if (context.signal.aborted) return;
      this.offset = wanted.at(-1)!.offset + 1;
    }
    if (context.signal.aborted || this.offset >= behind) return;
    // What stands behind the last record is taken back, compacted away, or the mark of a transaction.
    this.offset = behind;
    await context.deliver({ kind: 'position', origin: outlet.origin, behind: [this.split()] });
  }

  /** Nothing more comes from it, where that is so. */
  endIfDone(): void {
    if (!this.isDone || this.isOver) return;
    this.isOver = true;
    this.outlet.origin.over?.(this.split());
  }
}

/** The batches that begin in front of an offset. */
function inFrontOf(end: number, batches: readonly StoredBatch[]): readonly StoredBatch[] {
  const last = batches.findIndex(({ next }) => next >= end);
  return last < 0 ? batches : batches.slice(0, last + 1);
}

function nameOf(topic: string, number: number): string {
  return `${topic}[${number}]`;
}
