import type { Chunk } from '../../../flow/define/chunk.ts';
import type { Reader } from '../reading/reader.ts';
import { type Core, type Driven, hadAllBatches, openLists, untilEnded } from './core.ts';
import { EmptyBatches } from './empty-batches.ts';
import { Inbox } from './inbox.ts';
import { Turn } from './turn.ts';

/** Room for chunks that cannot be worked on yet, bytes. */
const INBOX_BYTES = 4 * 1024 * 1024;

/**
 * By the clock of the wall. Batch t holds what arrived in (t − interval, t]; ticks that are late come one after the other, so that no
 * batch is skipped or merged; but for the empty ones of a clock that was wrong by weeks.
 *
 * A chunk is worked on at once where that is possible. It waits in the inbox while a sink is slow, while the first batch is still open for
 * bounded sources, and where many chunks come at once, so that they do not hold up a tick.
 */
export async function driveLive(core: Core): Promise<Driven> {
  const driver = new LiveDriver(core);
  return driver.drive();
}

class LiveDriver {
  private readonly core: Core;
  private readonly inbox = new Inbox(INBOX_BYTES);
  private readonly turn: Turn;
  private readonly emptyBatches: EmptyBatches;
  /** Batches that were empty, one after the other. */
  private empty = 0;
  private readonly lists: readonly ((index: number) => boolean)[];
  /** Bounded sources that are still read; the first batch stays open for them. */
  private openBounded = 0;
  /** Sinks are slow, or others are to have their turn; work goes on by itself after that. */
  private isWaiting = false;
  /** All that came is done: what was waited for until then wakes nobody any more. */
  private isDone = false;
  private disarm = () => {};
  /** Called when all that was in the inbox is done. */
  private emptied = () => {};

  constructor(core: Core) {
    this.core = core;
    this.turn = new Turn(core.options.clock);
    this.emptyBatches = new EmptyBatches(core);
    this.lists = openLists(core);
  }

  async drive(): Promise<Driven> {
    const { core } = this;
    const { duration, clock } = core.options;
    const callOff = duration === undefined ? () => {} : clock.at(clock.now() + duration, () => core.stop());
    this.openLists();
    const running = core.sources.all.map((source) => {
      if (source.behaviour.kind !== 'bounded') {
        return core.sources.start(source, (chunk) => this.deliver(source.reader, chunk));
      }
      this.openBounded++;
      const reading = core.sources.start(source, (chunk) => {
        if (core.endings.isWanted) source.reader.read(chunk);
        return core.blocked();
      });
      return reading.finally(() => {
        this.openBounded--;
        this.onTime();
      });
    });
    this.arm();
    await untilEnded(core, running);
    const isOver = !core.signal.aborted;
    await this.drained();
    this.isDone = true;
    this.disarm();
    callOff();
    return { lastIsWhole: hadAllBatches(core), isOver };
  }

  private deliver(reader: Reader, chunk: Chunk): Promise<void> | undefined {
    const arrived = this.core.context.clock.now();
    const room = this.inbox.put({ reader, chunk, arrived });
    this.work();
    if (this.inbox.isEmpty) return this.core.blocked();
    this.inbox.own();
    return room ?? this.turnOver();
  }

  /** Works on what waits, as far as sinks and time allow. */
  private work(): void {
    const { core } = this;
    for (let next = this.inbox.peek(); next !== undefined; next = this.inbox.peek()) {
      // What came behind the last batch that was asked for belongs to none.
      if (!core.endings.isWanted || hadAllBatches(core)) {
        this.inbox.take();
        continue;
      }
      if (this.waits(this.core.blocked() ?? this.turnOver())) return;
      if (next.arrived > core.batches.end && !this.isLast()) {
        if (this.openBounded > 0) return;
        if (this.waits(core.keeping)) return;
        this.tick();
      } else {
        this.inbox.take();
        this.empty = 0;
        next.reader.read(next.chunk);
      }
    }
    this.emptied();
  }

  private turnOver(): Promise<void> | undefined {
    return this.turn.over(this.core.isWriting);
  }

  /** Whether the batch under way is the last there will be, so that all that came belongs to it. */
  private isLast(): boolean {
    return this.core.signal.aborted;
  }

  /** Whether work has to wait: for this, or already. */
  private waits(reason: Promise<void> | undefined): boolean {
    if (this.isWaiting) return true;
    if (reason === undefined) return false;
    this.isWaiting = true;
    void reason.then(() => {
      this.isWaiting = false;
      this.onTime();
    });
    return true;
  }

  /** The clock may have passed the end of the batch: closes what is over, and waits for the next. */
  private onTime(): void {
    const { core } = this;
    if (this.isDone) return;
    this.work();
    while (
      this.inbox.isEmpty &&
      this.openBounded === 0 &&
      !this.isLast() &&
      core.context.clock.now() >= core.batches.end
    ) {
      // A machine that slept has many batches to make up for.
      if (this.waits(core.blocked() ?? core.keeping ?? this.turnOver())) return;
      this.tick();
    }
    // Where a sink or a bounded source is waited for, that wakes it; the tick may be long past, and its alarm would ring without end.
    if (!this.isLast() && !this.isWaiting && this.openBounded === 0) this.arm();
  }

  private arm(): void {
    this.disarm();
    this.disarm = this.core.context.clock.at(this.core.batches.end, () => this.onTime());
  }

  private tick(): void {
    const { core } = this;
    core.tick();
    this.turn.resultCame();
    if (hadAllBatches(core)) core.stop();
    else if (this.lists.length > 0) this.openLists();
    else this.emptyBatches.leaveOutMany(this.inbox.peek()?.arrived ?? core.context.clock.now(), this.empty++);
  }

  private openLists(): void {
    for (const list of this.lists) list(this.core.batches.closed);
  }

  /** Resolves when the inbox is empty. */
  private async drained(): Promise<void> {
    this.openBounded = 0;
    this.work();
    if (this.inbox.isEmpty) return;
    await new Promise<void>((resolve) => {
      this.emptied = resolve;
    });
  }
}
