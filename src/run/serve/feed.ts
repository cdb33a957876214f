import type { Clock } from '../../base/clock.ts';
import type { Batch } from './batch.ts';
import { COMMENT, type Events, endEvent, skippedEvent } from './batch-text.ts';
import { Round } from './round.ts';
import type { View } from './view.ts';

/** So many batches may wait on their way to a client before it is skipped to the newest. */
const FEW_BATCHES = 4;
/** More batches than this are not sent one by one to who comes back. */
const MOST_MISSED = 100;
/** How often a comment is sent, and clients are looked at that take nothing, ms. */
const COMMENT_EVERY = 15_000;
/** Who takes nothing for so many of these in a row, though something waits, is let go. */
const MOST_STUCK = 4;

/** Where events go: an answer that stays open. */
export interface EventSink {
  readonly writableLength: number;
  /** @param sent called when it is on its way. */
  write(event: Buffer, sent?: () => void): unknown;
  /** Nothing more comes behind this. */
  end(last: Buffer): unknown;
  destroy(): unknown;
  on(what: 'drain' | 'close', call: () => void): unknown;
}

/** One who looks. */
class Client {
  readonly out: EventSink;
  /** Events that are on their way. What else goes the same way (events of other views) does not count. */
  private waiting = 0;
  /** The number of the newest batch that it was given. */
  private has: number;
  /** Whether there are newer ones that it was not given, since it was too slow. */
  private isBehind = false;
  /** How often in a row it had taken nothing. */
  private stuck = 0;
  private lastLength = 0;
  private readonly isSent = () => {
    this.waiting--;
  };

  /** @param has the number of the newest batch that it is given when it comes. */
  constructor(out: EventSink, has: number) {
    this.out = out;
    this.has = has;
  }

  /** Gives it the event of a batch, or leaves it out where too many wait. Who was brought to a newer one meanwhile needs it no more. */
  offer(number: number, event: Buffer): void {
    if (number <= this.has) return;
    this.isBehind ||= this.waiting >= FEW_BATCHES;
    if (this.isBehind) return;
    this.has = number;
    this.send(event);
  }

  /** Brings one that was too slow to the newest result, once what was on its way is out. */
  catchUp(newest: Batch, whole: () => Buffer): void {
    if (this.isBehind && this.waiting === 0) this.skipTo(newest, whole);
  }

  /** Nothing more comes: one that was too slow has to have the last result, whatever is on its way. */
  end(newest: Batch | undefined, whole: () => Buffer, event: Buffer): void {
    if (this.isBehind && newest !== undefined) this.skipTo(newest, whole);
    this.out.end(event);
  }

  private skipTo({ number }: Batch, whole: () => Buffer): void {
    this.send(skippedEvent(number - this.has));
    this.send(whole());
    this.has = number;
    this.isBehind = false;
  }

  private send(event: Buffer): void {
    this.waiting++;
    this.out.write(event, this.isSent);
  }

  /** Sends a comment. @returns whether it is to be let go, as it takes nothing. */
  keepOpen(): boolean {
    const length = this.out.writableLength;
    this.stuck = length > 0 && length >= this.lastLength ? this.stuck + 1 : 0;
    this.lastLength = length;
    if (length === 0) this.out.write(COMMENT);
    return this.stuck >= MOST_STUCK;
  }
}

/** Those who look at a view, each given what the others are given. */
export class Feed {
  private readonly view: View;
  private readonly events: Events;
  private readonly clock: Clock;
  private readonly clients = new Set<Client>();
  private readonly batches = new Round<Client>();
  private readonly comments = new Round<Client>();
  private before: Batch | undefined;
  private unfollow = () => {};
  private callOff = () => {};
  private readonly whenEmpty: () => void;

  /** @param whenEmpty called when the last one has gone. */
  constructor(view: View, events: Events, clock: Clock, whenEmpty: () => void = () => {}) {
    this.view = view;
    this.events = events;
    this.clock = clock;
    this.whenEmpty = whenEmpty;
  }

  get size(): number {
    return this.clients.size;
  }

  /**
   * Sends events to one more.
   *
   * @param last the id of the last one that it was given, of an earlier connection.
   * @param isBare whether it does not have the result of that id any more, and is given that in front of what changed.
   */
  add(out: EventSink, last: string | undefined, isBare = false): void {
    const client = new Client(out, this.view.ring.newest?.number ?? 0);
    out.on('drain', () => this.catchUp(client));
    out.on('close', () => this.remove(client));
    for (const event of this.beginning(last, isBare)) out.write(event);
    if (this.clients.size === 0) this.begin();
    this.clients.add(client);
    if (this.view.isOver) this.endOf(client);
  }

  private begin(): void {
    this.before = this.view.ring.newest;
    this.unfollow = this.view.follow({ batch: (batch) => this.batch(batch), end: () => this.end() });
    this.remind();
  }

  private remove(client: Client): void {
    if (!this.clients.delete(client) || this.clients.size > 0) return;
    this.unfollow();
    this.callOff();
    this.whenEmpty();
  }

  /** What one who comes is given at once: what it missed, where it came before and that is still kept, else the whole result. */
  private *beginning(last: string | undefined, isBare: boolean): Iterable<Buffer> {
    const { ring } = this.view;
    const { newest } = ring;
    if (newest === undefined) return;
    const number = last === undefined ? undefined : this.events.numberOf(last, ring);
    let before = number === undefined ? undefined : ring.numbered(number);
    if (before === undefined || newest.number - before.number > MOST_MISSED) return yield this.events.whole(newest);
    if (isBare) yield this.events.whole(before);
    for (let next = ring.numbered(before.number + 1); next !== undefined; next = ring.numbered(next.number + 1)) {
      yield this.events.change(before, next);
      before = next;
    }
  }

  private catchUp(client: Client): void {
    const { newest } = this.view.ring;
    if (newest !== undefined) client.catchUp(newest, () => this.events.whole(newest));
  }

  private batch(batch: Batch): void {
    const { before } = this;
    this.before = batch;
    const event = before === undefined ? this.events.whole(batch) : this.events.change(before, batch);
    this.batches.begin(this.clients, (client) => {
      if (!this.clients.has(client)) return;
      client.offer(batch.number, event);
      this.catchUp(client);
    });
  }

  private remind(): void {
    this.callOff = this.clock.at(this.clock.now() + COMMENT_EVERY, () => {
      this.comments.begin(this.clients, (client) => {
        if (!this.clients.has(client)) return;
        if (client.keepOpen()) client.out.destroy();
        else this.catchUp(client);
      });
      if (this.clients.size > 0) this.remind();
    });
  }

  private end(): void {
    this.batches.complete();
    for (const client of this.clients) this.endOf(client);
  }

  private endOf(client: Client): void {
    const { ring, refusal } = this.view;
    client.end(ring.newest, () => this.events.whole(ring.newest!), endEvent(refusal));
  }
}
