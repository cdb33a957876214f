import { Room } from '../../../base/room.ts';
import type { Chunk } from '../../../flow/define/chunk.ts';
import type { Reader } from '../reading/reader.ts';

/** A chunk that waits to be read. */
interface Delivery {
  readonly reader: Reader;
  readonly chunk: Chunk;
  /** When it came, ms. */
  readonly arrived: number;
}

/** Roughly what a value takes in memory; values are not measured, since that would cost more than it tells. */
const BYTES_PER_VALUE = 128;

/**
 * What has arrived and cannot be worked on yet: a sink is slow, or a bounded source must be read first. It is bounded in bytes;
 * when it is full, sources are asked to wait, which pushes back on pipes and sockets.
 */
export class Inbox {
  private readonly capacity: number;
  private queue: Delivery[] = [];
  private first = 0;
  private bytes = 0;
  private readonly room = new Room();

  /** @param capacity in bytes. */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get isEmpty(): boolean {
    return this.first === this.queue.length;
  }

  /** The one that arrived first. */
  peek(): Delivery | undefined {
    return this.queue[this.first];
  }

  /** Keeps a delivery. @returns a promise of room where it is full now. */
  put(delivery: Delivery): Promise<void> | undefined {
    this.queue.push(delivery);
    this.bytes += sizeOf(delivery.chunk);
    return this.bytes <= this.capacity ? undefined : this.room.wait();
  }

  /** The bytes of what was put last are about to be used for something else: if it still waits, it is given its own. */
  own(): void {
    const last = this.queue.length - 1;
    const delivery = this.queue[last];
    if (this.isEmpty || delivery?.chunk.kind !== 'text') return;
    const bytes = Uint8Array.prototype.slice.call(delivery.chunk.bytes);
    this.queue[last] = { ...delivery, chunk: { ...delivery.chunk, bytes } };
  }

  take(): Delivery | undefined {
    const delivery = this.queue[this.first];
    if (delivery === undefined) return undefined;
    this.first++;
    this.bytes -= sizeOf(delivery.chunk);
    // Given up in large pieces, so that taking one costs the same however many wait.
    if (this.first * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.first);
      this.first = 0;
    }
    // Half empty before sources go on, so that they do not wake for each chunk.
    if (this.room.isAwaited && this.bytes <= this.capacity / 2) this.room.make();
    return delivery;
  }
}

function sizeOf(chunk: Chunk): number {
  switch (chunk.kind) {
    case 'text':
      return chunk.bytes.byteLength;
    case 'values':
      return chunk.values.length * BYTES_PER_VALUE;
    case 'bad':
    case 'end':
    case 'position':
      return BYTES_PER_VALUE;
  }
}
