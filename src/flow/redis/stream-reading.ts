import { BadRecord, RunFailure } from '../../base/problem.ts';
import { type NewFields, setField, type Value } from '../../base/value.ts';
import type { BrokerAddress } from '../brokers/address.ts';
import { BrokerFault } from '../brokers/failure.ts';
import { StreamReading } from '../brokers/stream-reading.ts';
import { startIfLonger, type TooLong } from '../brokers/too-long.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import type { Split } from '../define/position.ts';
import { tooLong } from '../framing/framer.ts';
import { sleep } from '../input/reading.ts';
import { faultOf, RedisClient } from './client.ts';
import { AnswerTooLarge, Refusal, type Reply } from './replies.ts';
import { FIRST_ID, isBehind, type StreamPlace, timeOf } from './stream-id.ts';

/** How long the server waits for an entry before it says that there is none, ms. */
const BLOCK = 5000;

/** ms between two looks at how far the stream has come. */
const LOOK = 1000;

interface StreamArguments {
  readonly address: BrokerAddress;
  /** Read anew for each connection. */
  readonly secrets: () => TlsSecrets;
  readonly stream: string;
  readonly from: StreamPlace;
  readonly isBounded: boolean;
  /** The field whose text is the record; undefined where all of an entry is. */
  readonly field: string | undefined;
  readonly fieldValue: (text: string, name: string) => Value;
  readonly wait: boolean;
  readonly maxLine: number;
  readonly tag: boolean;
  /** The most bytes of an answer; only tests give others. */
  readonly mostAnswer?: number;
}

/** Where it is: behind which entry, and how many were added up to that one since the stream was made, where the server counts them. */
interface At {
  readonly id: string;
  readonly nth: number | null;
  readonly [name: string]: string | number | null;
}

/** What the server says of the stream. */
interface Info {
  readonly last: string;
  /** The id of the first entry that is there. */
  readonly first: string | undefined;
  readonly length: number;
  readonly added: number | undefined;
}

/** How far a stream was read, in words. */
export function streamInWords({ at }: Split): string {
  return `entry ${(at as At).id}`;
}

/** Reads a stream of Redis, as a member of no group. */
export class RedisStreamReading extends StreamReading<StreamArguments, At, RedisClient> {
  /** Nothing is read behind this one. */
  private end: string | undefined;

  protected open(): Promise<RedisClient> {
    const { address, secrets, maxLine, mostAnswer } = this.args;
    return RedisClient.open(address, secrets(), { most: maxLine, mostAnswer, signal: this.context.signal });
  }

  protected get isDone(): boolean {
    const { end, at } = this;
    return end !== undefined && (at === undefined || !isBehind(end, at.id));
  }

  protected async look(client: RedisClient): Promise<void> {
    const { args, context } = this;
    this.nextLook = context.clock.now() + LOOK;
    const info = await this.info(client);
    if (this.at === undefined) {
      this.at = startOf(args.from, info);
      await this.outlet.position(this.at);
    } else this.fit(this.at, info);
    if (args.isBounded) this.end ??= info?.last ?? FIRST_ID;
    // What was deleted in the middle counts no more where all was read.
    if (info?.added !== undefined && info.last === this.at.id) this.at = { ...this.at, nth: info.added };
    this.tellLag(info);
  }

  private tellLag(info: Info | undefined): void {
    const { nth } = this.at!;
    if (nth !== null && info?.added !== undefined) this.context.lag?.(Math.max(0, info.added - nth));
  }

  /** Says so where what would be read next is not there, and goes on in what is. */
  private fit({ id, nth }: At, info: Info | undefined): void {
    const { context, args } = this;
    if (isBehind(id, info?.last ?? FIRST_ID) && !isPlace(args.from, id)) {
      const end = info === undefined ? 'is gone' : `ends at ${info.last}, before ${id}`;
      context.note(`${this.what} ${end}: it was made anew, and is read from its start`);
      this.at = { id: FIRST_ID, nth: info === undefined ? 0 : goneOf(info) };
    } else if (info?.first !== undefined && isBehind(info.first, id)) {
      const lost = nth === null ? 0 : (goneOf(info) ?? 0) - nth;
      if (lost <= 0) return;
      const entries = lost === 1 ? 'the entry' : `${lost} entries`;
      context.note(
        `lost: ${entries} of ${this.what} behind ${id}, which went before being read; reading on at ${info.first}`,
      );
      this.at = { id, nth: nth! + lost };
    }
  }

  private async info(client: RedisClient): Promise<Info | undefined> {
    const [reply] = await client.askAll([['XINFO', 'STREAM', this.args.stream]]);
    if (reply instanceof Refusal) {
      if (/no such key/i.test(reply.message)) return undefined;
      if (reply.type === 'WRONGTYPE') throw notStream(this.what);
      throw faultOf(reply);
    }
    return infoOf(reply!);
  }

  protected async readSome(client: RedisClient): Promise<void> {
    const { args, context } = this;
    const block = args.isBounded ? [] : ['BLOCK', String(BLOCK)];
    const command = ['XREAD', 'COUNT', String(this.pace.count), ...block, 'STREAMS', args.stream, this.at!.id];
    const [reply] = await client.askAll([command], BLOCK * 4).catch((error) => this.askForLess(error));
    if (reply instanceof Refusal) {
      // The stream was deleted while it was waited for, in some versions.
      if (reply.type === 'UNBLOCKED') return sleep(LOOK, context);
      throw reply.type === 'WRONGTYPE' ? notStream(this.what) : faultOf(reply);
    }
    if (reply === null) {
      if (this.end !== undefined) this.at = { id: this.end, nth: this.at!.nth };
      this.nextLook = 0;
      return;
    }
    const [[, entries]] = reply as readonly [readonly [Reply, readonly Reply[]]];
    let size = 0;
    for (const entry of entries) size += this.entry(entry as readonly [Buffer, readonly Reply[]]);
    this.pace.took(size);
    await this.outlet.flush();
  }

  /** Entries have become larger than they were: of the next connection fewer are wanted at once. @throws what is the matter. */
  private askForLess(error: unknown): never {
    if (!(error instanceof AnswerTooLarge) || this.pace.count === 1) throw error;
    this.pace.took(Number.POSITIVE_INFINITY);
    throw new BrokerFault(error.message, { mayPass: true });
  }

  /** Hands on an entry. @returns how many bytes it has. */
  private entry([idBytes, parts]: readonly [Buffer, readonly Reply[]]): number {
    const id = idBytes.toString('latin1');
    const { end, at, args, outlet } = this;
    if (end !== undefined && isBehind(id, end)) {
      this.at = { id: end, nth: at!.nth };
      return 0;
    }
    this.at = { id, nth: at!.nth === null ? null : at!.nth + 1 };
    let size = 0;
    for (const part of parts) {
      const start = startIfLonger(part as Buffer | TooLong, args.maxLine);
      if (start !== undefined) {
        outlet.bad(tooLong(args.maxLine), start, this.at);
        return args.maxLine;
      }
      size += (part as Buffer).length;
    }
    if (args.field === undefined) this.fields(parts as readonly Buffer[], this.at);
    else this.line(parts as readonly Buffer[], this.at);
    return size;
  }

  private line(parts: readonly Buffer[], at: At): void {
    const { outlet, args } = this;
    const name = Buffer.from(args.field!);
    const index = parts.findIndex((part, i) => i % 2 === 0 && part.equals(name));
    if (index < 0) {
      outlet.bad(new BadRecord(`no field ${args.field}`), Buffer.concat(parts), at);
      return;
    }
    outlet.add(parts[index + 1]!, args.tag ? (line) => ({ ...this.tag(at), line }) : undefined, at);
  }

  private fields(parts: readonly Buffer[], at: At): void {
    const { args, outlet } = this;
    const entry: NewFields = {};
    for (let i = 0; i + 1 < parts.length; i += 2) {
      const [name, text] = [parts[i]!.toString(), parts[i + 1]!.toString()];
      setField(entry, name, args.fieldValue(text, name));
    }
    outlet.value(args.tag ? { ...this.tag(at), entry } : entry, at);
  }

  private tag({ id }: At): { readonly source: string; readonly id: string; readonly time: number } {
    return { source: this.args.stream, id, time: timeOf(id) };
  }
}

function isPlace(from: StreamPlace, id: string): boolean {
  return typeof from === 'object' && from.behind === id;
}

function startOf(from: StreamPlace, info: Info | undefined): At {
  if (info === undefined) return { id: from === 'end' || from === 'start' ? FIRST_ID : from.behind, nth: 0 };
  if (from === 'start') return { id: FIRST_ID, nth: goneOf(info) };
  return from === 'end' ? { id: info.last, nth: info.added ?? null } : { id: from.behind, nth: null };
}

/** How many entries were added that are gone. */
function goneOf({ added, length }: Info): number | null {
  return added === undefined ? null : added - length;
}

function infoOf(reply: Reply): Info {
  const parts = reply as readonly Reply[];
  const after = (name: string) => {
    const index = parts.findIndex((part, i) => i % 2 === 0 && Buffer.isBuffer(part) && part.toString() === name);
    return index < 0 ? undefined : parts[index + 1];
  };
  const first = after('first-entry') as readonly Buffer[] | null | undefined;
  const added = after('entries-added');
  return {
    last: String(after('last-generated-id')),
    first: first?.[0]?.toString(),
    length: Number(after('length')),
    added: typeof added === 'number' ? added : undefined,
  };
}

function notStream(what: string): RunFailure {
  return new RunFailure('cannot-read', 3, `cannot read ${what}: it is no stream`);
}
