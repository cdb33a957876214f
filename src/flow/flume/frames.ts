import { Held } from '../framing/framer.ts';
import { PeerFault } from '../sockets/peer-fault.ts';

/** A request or an answer, which bear the same number. */
export interface Frame {
  readonly serial: number;
  readonly body: Buffer;
}

/**
 * Cuts what comes over a connection into frames, as Avro's transport over TCP has them.
 *
 *     | serial | count of pieces | length | piece | length | piece | …      numbers of 4 bytes
 */
export class FrameReader {
  private readonly most: number;
  private readonly rest = new Held();

  /** @param most bytes of a frame, its lengths counted. */
  constructor(most: number) {
    this.most = most;
  }

  /** Bytes that wait for the rest of their frame. */
  get held(): number {
    return this.rest.length;
  }

  push(bytes: Buffer): void {
    this.rest.append(bytes);
  }

  /** The next frame, if it has come whole. @throws PeerFault where it is too large. */
  next(): Frame | undefined {
    const bytes = this.rest.peek();
    if (bytes.length < 8) return undefined;
    const serial = bytes.readInt32BE(0);
    const pieces: Buffer[] = [];
    let at = 8;
    for (let left = bytes.readUInt32BE(4); left > 0; left--) {
      // What is still to come has its lengths at least.
      this.check(at + 4 * left);
      if (at + 4 > bytes.length) return undefined;
      const start = at + 4;
      at = start + bytes.readUInt32BE(at);
      this.check(at);
      if (at > bytes.length) return undefined;
      pieces.push(bytes.subarray(start, at));
    }
    // Copied, since its place is taken by what comes next.
    const body = Buffer.concat(pieces);
    if (at === bytes.length) this.rest.take();
    else this.rest.drop(at);
    return { serial, body };
  }

  private check(size: number): void {
    if (size > this.most) throw new PeerFault('what came is no batch, or one larger than `maxBatch`');
  }
}

export function writeFrame({ serial, body }: Frame): Buffer {
  const head = Buffer.alloc(12);
  head.writeInt32BE(serial, 0);
  head.writeUInt32BE(1, 4);
  head.writeUInt32BE(body.length, 8);
  return Buffer.concat([head, body]);
}
