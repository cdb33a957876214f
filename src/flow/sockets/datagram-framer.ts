import { BadRecord } from '../../base/problem.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer, Progress } from '../define/framer.ts';
import { Delivery } from '../framing/delivery.ts';
import { asBuffer, Held } from '../framing/framer.ts';
import { MessageOutlet, type ToValue } from './messages.ts';

/** Who has sent a datagram. */
interface Sender {
  readonly address: string;
  readonly port: number;
}

/** What a datagram is instead of its text; undefined where it is its text. */
export type DatagramToValue = ((text: string, from: Sender) => ReturnType<ToValue>) | undefined;

/** In front of each: its length, 4 bytes; the port of its sender, 2; the length of the sender's address, 1. Then come the address and the datagram. */
const HEAD = 7;

/** A datagram with its sender as bytes that a {@link DatagramFramer} takes: a log of input has bytes, and they have no borders in it. */
export function frameOf(bytes: Uint8Array, { address, port }: Sender): Buffer {
  const from = Buffer.from(address);
  const frame = Buffer.allocUnsafe(HEAD + from.length + bytes.length);
  frame.writeUInt32BE(bytes.length, 0);
  frame.writeUInt16BE(port, 4);
  frame.writeUInt8(from.length, 6);
  from.copy(frame, HEAD);
  frame.set(bytes, HEAD + from.length);
  return frame;
}

/** Cuts what {@link frameOf} has put together into datagrams again, and says where it stands behind each. */
export class DatagramFramer implements Framer {
  private readonly delivery: Delivery;
  private readonly outlet: MessageOutlet;
  private readonly toValue: DatagramToValue;
  private readonly rest = new Held();
  /** Where the next one begins, in all that it was given. */
  private at = 0;

  constructor(origin: Origin, context: SourceContext, toValue: DatagramToValue, progress?: Progress) {
    this.delivery = new Delivery(origin, context, progress);
    this.outlet = new MessageOutlet(this.delivery);
    this.toValue = toValue;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    this.rest.append(asBuffer(piece));
    const bytes = this.rest.peek();
    let start = 0;
    for (let end = endOf(bytes, start); end !== undefined; end = endOf(bytes, start)) {
      this.take(bytes.subarray(start, end));
      start = end;
    }
    const full = this.outlet.flush();
    if (start === bytes.length) this.rest.take();
    else if (start > 0) this.rest.drop(start);
    return full;
  }

  end(): Promise<void> | undefined {
    const left = this.rest.take();
    if (left.length > 0) {
      const why = new BadRecord('cut off', 'the process ended while it was written down');
      this.outlet.bad(why, left.subarray(HEAD), this.at + left.length);
    }
    const full = this.outlet.flush();
    this.delivery.over(true);
    return full;
  }

  private take(frame: Buffer): void {
    const from = HEAD + frame.readUInt8(6);
    const { toValue } = this;
    const sender = () => ({ address: frame.toString('latin1', HEAD, from), port: frame.readUInt16BE(4) });
    this.at += frame.length;
    this.outlet.add(frame.subarray(from), toValue && ((text) => toValue(text, sender())), this.at);
  }
}

/** Where the datagram that begins at a place has its end; undefined where that has not come. */
function endOf(bytes: Buffer, start: number): number | undefined {
  if (bytes.length - start < HEAD) return undefined;
  const end = start + HEAD + bytes.readUInt8(start + 6) + bytes.readUInt32BE(start);
  return end > bytes.length ? undefined : end;
}
