import type { Socket } from 'node:net';
import { Room } from '../../base/room.ts';
import { formatSize } from '../../base/size.ts';
import type { SourceContext } from '../define/context.ts';
import { throwOwn } from '../input/fault.ts';
import { orAbort } from '../input/reading.ts';
import { GREETING, LONGEST_LINE, REFUSAL } from './acked.ts';
import type { KeyedPlaces } from './keyed-places.ts';
import { keyOfBatch } from './known-keys.ts';

/** How long a client may say nothing where it says who it is, ms. Between two parts it may be silent for ever. */
const GREETING_TIME = 10_000;
/** How long it may take for a part, ms: leat waits no longer for an answer, and who sends a byte now and then does not keep the room of all others. */
const PART_TIME = 60_000;

const HELLO = new RegExp(`^${GREETING} ([\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12})$`);
const PART = /^([1-9]\d{0,14}) ([1-9]\d{0,11})$/;
const NEWLINE = 10;

/** What a client sends, as it is asked for. */
class Incoming {
  private readonly pieces: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(client: Socket) {
    this.pieces = client[Symbol.asyncIterator]();
  }

  /** The next line; undefined where the client has left, or it is too long to be one. */
  async line(): Promise<string | undefined> {
    let end = this.rest.indexOf(NEWLINE);
    while (end < 0) {
      if (this.rest.length > LONGEST_LINE || !(await this.more())) return undefined;
      end = this.rest.indexOf(NEWLINE);
    }
    const line = this.rest.toString('latin1', 0, end);
    this.rest = this.rest.subarray(end + 1);
    return line;
  }

  /** So many bytes; undefined where the client leaves before. */
  async bytes(count: number): Promise<Buffer | undefined> {
    const pieces = [this.rest];
    let length = this.rest.length;
    this.rest = Buffer.alloc(0);
    while (length < count) {
      if (!(await this.more())) return undefined;
      pieces.push(this.rest);
      length += this.rest.length;
      this.rest = Buffer.alloc(0);
    }
    const all = Buffer.concat(pieces, length);
    // A copy: a client may be silent behind a part for ever, which would be kept for so long.
    this.rest = Buffer.from(all.subarray(count));
    return all.subarray(0, count);
  }

  /** Passes over so many bytes, or what comes of them. */
  async pass(count: number): Promise<void> {
    let left = count - this.rest.length;
    this.rest = Buffer.alloc(0);
    while (left > 0 && (await this.more())) {
      left -= this.rest.length;
      this.rest = Buffer.alloc(0);
    }
  }

  /** Takes what comes next behind what is there. @returns whether something came. */
  private async more(): Promise<boolean> {
    const { done, value } = await this.pieces.next();
    if (done === true) return false;
    this.rest = this.rest.length === 0 ? value : Buffer.concat([this.rest, value]);
    return true;
  }
}

/** Takes numbered parts of clients, and acknowledges each when it is safe (see `acked.ts`). One that came before is acknowledged and not taken. */
export class AckedClients {
  private readonly places: KeyedPlaces;
  private readonly context: SourceContext;
  private readonly most: number;
  /** Bytes of parts that are on their way, or wait in a full inbox. */
  private held = 0;
  private readonly room = new Room();

  /** @param most bytes of all parts that are on their way; no part has more. */
  constructor(places: KeyedPlaces, context: SourceContext, most: number) {
    this.places = places;
    this.context = context;
    this.most = most;
  }

  /** One client, until it leaves, breaks the rules, or is destroyed. Rejects with faults of the program itself alone. */
  async serve(client: Socket, peer: string): Promise<void> {
    const incoming = new Incoming(client);
    client.on('timeout', () => client.destroy());
    client.setTimeout(GREETING_TIME);
    client.write(`${GREETING}\n`);
    try {
      const sender = HELLO.exec((await incoming.line()) ?? '')?.[1];
      client.setTimeout(0);
      if (sender === undefined) this.context.note(`${peer} is no \`send(…, acked: true)\`, and nothing of it is taken`);
      else while (await this.part(client, incoming, sender, peer));
    } catch (error) {
      // The connection broke: what was not acknowledged comes again.
      throwOwn(error);
    } finally {
      client.destroySoon();
    }
  }

  /** @returns whether it was acknowledged. */
  private async part(client: Socket, incoming: Incoming, sender: string, peer: string): Promise<boolean> {
    const [, number, size] = PART.exec((await incoming.line()) ?? '') ?? [];
    if (number === undefined) return false;
    const length = Number(size);
    if (length > this.most) {
      client.write(`${REFUSAL}a batch has ${formatSize(this.most)} at most (maxUnfinished)\n`);
      // Cut off while it sends, the client would not read that.
      client.setTimeout(GREETING_TIME);
      await incoming.pass(length);
      return false;
    }
    const { signal, clock } = this.context;
    while (this.held > 0 && this.held + length > this.most && !signal.aborted) await orAbort(this.room.wait(), signal);
    this.held += length;
    try {
      const callOff = clock.at(clock.now() + PART_TIME, () => client.destroy());
      const bytes = await incoming.bytes(length).finally(callOff);
      if (bytes === undefined || signal.aborted) return false;
      const key = keyOfBatch(sender, Number(number));
      const known = this.places.known(key);
      const { full, done } =
        known === undefined ? this.places.take(peer, { key, tag: {} }, bytes) : { full: undefined, done: known };
      full?.catch(() => {});
      await done;
      client.write(`${number}\n`);
      if (full !== undefined) await orAbort(full, signal);
      return true;
    } finally {
      this.held -= length;
      this.room.make();
    }
  }
}
