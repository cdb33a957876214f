import { Buffer } from 'node:buffer';

/** Of a frame's length and its type, bytes. */
const HEAD = 5;
/** A longer frame than this is none of ours, bytes: the JVM has no larger arrays. */
const LONGEST = 2 ** 31 - 64;

/** What processes say to each other, on a pipe: `length (4) type (1) payload`, the length that of the payload with its highest byte first, the type a letter. */
export interface Frame {
  readonly type: string;
  readonly payload: Buffer;
}

/** A frame as bytes. @param parts the payload. */
export function frameOf(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > LONGEST) throw new Error(`a message of ${length} bytes is too long`);
  const framed = Buffer.allocUnsafe(HEAD + length);
  framed.writeUInt32BE(length, 0);
  framed.write(type, 4, 'latin1');
  let at = HEAD;
  for (const part of parts) {
    framed.set(part, at);
    at += part.length;
  }
  return framed;
}

/** A number in front of a payload. */
export function numberOf(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(number, 0);
  return bytes;
}

/** Makes frames of what comes over a pipe, cut anywhere. */
export class FrameReader {
  private readonly pieces: Buffer[] = [];
  private held = 0;
  private wanted = HEAD;

  /** The frames that are whole with these bytes. @throws Error where they are no frames. */
  push(bytes: Buffer): readonly Frame[] {
    this.pieces.push(bytes);
    this.held += bytes.length;
    if (this.held < this.wanted) return [];
    let all = this.pieces.length === 1 ? bytes : Buffer.concat(this.pieces.splice(0));
    this.pieces.length = 0;
    const frames: Frame[] = [];
    for (;;) {
      this.wanted = all.length < HEAD ? HEAD : HEAD + all.readUInt32BE(0);
      if (this.wanted > HEAD + LONGEST) throw new Error('what comes is no message of leat');
      if (all.length < this.wanted) break;
      frames.push({ type: all.toString('latin1', 4, HEAD), payload: all.subarray(HEAD, this.wanted) });
      all = all.subarray(this.wanted);
    }
    this.held = all.length;
    if (all.length > 0) this.pieces.push(all);
    return frames;
  }
}
