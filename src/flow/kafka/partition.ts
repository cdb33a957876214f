import type { SourceContext } from '../define/context.ts';
import type { Split } from '../define/position.ts';
import type { Message } from './driver.ts';
import type { Fetched } from './fetch.ts';
import { Outlet } from './outlet.ts';

/** What the position has of a partition. */
interface At {
  readonly topic: string;
  readonly partition: number;
  /** Of the next record. */
  readonly offset: number;
  readonly [name: string]: string | number;
}

/** How far a partition was read, in words: `orders 3 at offset 1,204`. */
export function partitionInWords({ at }: Split): string {
  const { topic, partition, offset } = at as At;
  return `${nameOf(topic, partition)} at offset ${offset.toLocaleString('en-US')}`;
}

/** A partition that is read. */
export class Partition {
  readonly topic: string;
  readonly number: number;
  /** Of the next record. */
  offset: number;
  /** Nothing is read from this offset on. */
  readonly end: number;
  /** The id of the broker that has it. */
  leader = -1;
  /** Where it ends, as the broker said last. */
  high = 0;
  /** What was committed for a group. */
  committed: number | undefined;
  private readonly outlet: Outlet;
  private readonly context: SourceContext;
  private isOver = false;

  constructor(
    topic: string,
    number: number,
    offset: number,
    end: number,
    tag: boolean,
    context: SourceContext,
    from?: Split,
  ) {
    this.topic = topic;
    this.number = number;
    this.offset = offset;
    this.end = end;
    this.context = context;
    const origin = context.origin(nameOf(topic, number), undefined, from);
    this.outlet = new Outlet(origin, context, { topic, partition: number, tag }, (offset) => this.split(offset));
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

  /** Whether all that is wanted of it has been read. */
  get isDone(): boolean {
    return this.offset >= this.end;
  }

  /** How many records there are that were not read, marks of transactions among them. */
  get lag(): number {
    return Math.max(0, Math.min(this.high, this.end) - this.offset);
  }

  split(offset = this.offset): Split {
    const { topic, number } = this;
    return { key: Partition.keyOf(topic, number), at: { topic, partition: number, offset } satisfies At };
  }

  /** Hands on what was fetched from its offset on. Resolves when the inbox has room again. */
  async take({ next, messages }: Fetched): Promise<void> {
    if (next === undefined || next <= this.offset) return;
    const isWanted = ({ offset }: Message) => Number(offset) >= this.offset && Number(offset) < this.end;
    const isWhole = messages.length === 0 || (isWanted(messages[0]!) && isWanted(messages.at(-1)!));
    const wanted = isWhole ? messages : messages.filter(isWanted);
    await this.outlet.give(wanted);
    if (this.context.signal.aborted) return;
    this.offset = next;
    // What stands behind the last record is taken back, compacted away, or the mark of a transaction.
    const last = wanted.at(-1);
    if (last === undefined || Number(last.offset) + 1 < next) {
      await this.context.deliver({ kind: 'position', origin: this.outlet.origin, behind: [this.split()] });
    }
  }

  /** Nothing more comes from it, where that is so. */
  endIfDone(): void {
    if (!this.isDone || this.isOver) return;
    this.isOver = true;
    this.outlet.origin.over?.(this.split());
  }
}

function nameOf(topic: string, number: number): string {
  return `${topic}[${number}]`;
}
