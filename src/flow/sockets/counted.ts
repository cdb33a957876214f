/** Messages of protocols that acknowledge what they are given, as the bytes of one origin, so that they can be kept before they are worked on. */
import { parseJson } from '../../base/json.ts';
import { formatSize } from '../../base/size.ts';
import type { Fields } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer, Progress } from '../define/framer.ts';
import { Delivery } from '../framing/delivery.ts';
import { asBuffer, Held, tooLong } from '../framing/framer.ts';
import { InSteps } from '../framing/in-steps.ts';
import { MessageOutlet } from './messages.ts';
import { PeerFault } from './peer-fault.ts';

/** The lengths of a message and of its tag, bytes each. */
const HEAD = 8;

const NOTHING = Buffer.alloc(0);

export interface CountedMessage {
  readonly body: Buffer;
  /** What the protocol says of it, an object as JSON; empty where nobody asks. */
  readonly tag: string;
}

/**
 * Messages one after the other, each behind its length.
 *
 *     | length of body | length of tag | body | tag | …
 */
export class CountedWriter {
  private readonly written = new Held();
  private readonly most: number;
  private readonly head = Buffer.alloc(HEAD);

  /** @param most bytes, with the lengths of each. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.most = most;
  }

  get length(): number {
    return this.written.length;
  }

  /** So many messages are about to come. @throws PeerFault where there is no room for them, were they empty: of these many fit into what comes. */
  expect(count: number): void {
    this.check(count * HEAD);
  }

  /** @throws PeerFault where there is no room for it. */
  add({ body, tag }: CountedMessage): this {
    const { head, written } = this;
    const said = tag === '' ? NOTHING : Buffer.from(tag);
    this.check(HEAD + body.length + said.length);
    head.writeUInt32BE(body.length, 0);
    head.writeUInt32BE(said.length, 4);
    for (const part of [head, body, said]) written.append(part);
    return this;
  }

  private check(more: number): void {
    if (this.written.length + more > this.most)
      throw new PeerFault(`the messages of a batch take more than ${formatSize(this.most)}`);
  }

  /** Gives away what was written. */
  take(): Buffer {
    return this.written.take();
  }
}

/** See {@link CountedWriter}. */
export function writeCounted(messages: readonly CountedMessage[]): Buffer {
  const writer = new CountedWriter();
  for (const message of messages) writer.add(message);
  return writer.take();
}

interface CountedOptions {
  /** Whether a record is `{source, line, …}` with the fields of its tag. */
  readonly tag: boolean;
  /** A longer body is bad, bytes. */
  readonly maxLine: number;
  /** A body is JSON, and the record what that says. */
  readonly isJson?: boolean;
}

/** Opens what makes records of such messages, one of each. */
export function countedFramer(options: CountedOptions, context: SourceContext) {
  return (origin: Origin, progress?: Progress): Framer =>
    new InSteps(new CountedFramer(new Delivery(origin, context, progress), origin.name, options), context.signal);
}

/** Opens what makes records of messages that are JSON, of one line each. @param maxRecord bytes. */
export function countedJson(maxRecord: number, context: SourceContext) {
  return countedFramer({ tag: false, maxLine: maxRecord, isJson: true }, context);
}

class CountedFramer implements Framer {
  private readonly delivery: Delivery;
  private readonly outlet: MessageOutlet;
  private readonly source: string;
  private readonly options: CountedOptions;
  private readonly rest = new Held();
  /** How many bytes of whole messages have come. */
  private given = 0;

  constructor(delivery: Delivery, source: string, options: CountedOptions) {
    this.delivery = delivery;
    this.outlet = new MessageOutlet(delivery);
    this.source = source;
    this.options = options;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    this.rest.append(asBuffer(piece));
    const bytes = this.rest.peek();
    let at = 0;
    while (at + HEAD <= bytes.length) {
      const body = at + HEAD;
      const tag = body + bytes.readUInt32BE(at);
      const end = tag + bytes.readUInt32BE(at + 4);
      if (end > bytes.length) break;
      this.message(bytes.subarray(body, tag), bytes.subarray(tag, end), this.given + end);
      at = end;
    }
    this.given += at;
    const full = this.outlet.flush();
    if (at === bytes.length) this.rest.take();
    else if (at > 0) this.rest.drop(at);
    return full;
  }

  /** What there is of a message that is not whole was acknowledged to nobody. */
  end(): Promise<void> | undefined {
    this.delivery.over(true);
    return undefined;
  }

  private message(body: Buffer, tag: Buffer, end: number): void {
    const { maxLine, isJson, tag: isTagged } = this.options;
    if (body.length > maxLine) this.outlet.bad(tooLong(maxLine, isJson === true ? 'maxRecord' : undefined), body, end);
    else if (!isTagged) this.outlet.add(body, isJson === true ? parseJson : undefined, end);
    else {
      const fields = tag.length === 0 ? {} : (parseJson(tag.toString('utf8')) as Fields);
      this.outlet.add(body, (line) => ({ source: this.source, line, ...fields }), end);
    }
  }
}
