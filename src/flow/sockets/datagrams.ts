import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import { Delivery } from '../framing/delivery.ts';
import { sourceFailure } from '../input/fault.ts';
import { hostAndPort } from './address.ts';
import { type DatagramToValue, frameOf } from './datagram-framer.ts';
import { droppedBySystem } from './dropped.ts';
import { MessageOutlet } from './messages.ts';
import { portHelp } from './server.ts';

/** What the system is asked to keep of datagrams that have not been read, bytes; it takes as much of that as it may. */
const SYSTEM_BUFFER = 4 * 1024 * 1024;

/** How much is held here while the inbox is full, bytes: a sender of datagrams cannot be made to wait. */
const MOST_WAITING = 16 * 1024 * 1024;

/** What a datagram counts for beside its bytes. */
const WEIGHT = 64;

/** Where datagrams are received, and what they are made. */
interface Receiving {
  readonly context: SourceContext;
  readonly host: string;
  readonly port: number;
  readonly toValue?: DatagramToValue;
  /** When to end, where that may be before the run does. */
  readonly signal?: AbortSignal;
}

interface Datagram {
  readonly bytes: Buffer;
  readonly from: RemoteInfo;
}

const PLACE = 'udp ';

/** All senders are one place. */
function placeName(address: string, port: number): string {
  return `${PLACE}${hostAndPort(address, port)}`;
}

/** Whether it is the place of datagrams, and not a connection, where both come to one source. */
export function isOfDatagrams({ name }: Origin): boolean {
  return name.startsWith(PLACE);
}

/**
 * Receives datagrams, each of them a record, until the run ends. A newline at its end is none of the record. What comes while the inbox is full is held, 16 MB
 * of it; what comes beyond that is lost, counted, and told of at the end, and so is what the system dropped.
 *
 *     socket ──datagrams──> waiting ──once a turn of the event loop──> inbox
 *
 * All senders are one origin: who sends each datagram from a port of its own would be as many otherwise.
 */
export class DatagramReceiver {
  private readonly options: Receiving;
  private readonly socket: Socket;
  private waiting: Datagram[] = [];
  private weight = 0;
  private isScheduled = false;
  /** While the inbox is full. */
  private isHeld = false;
  private lost = 0;
  private readonly signal: AbortSignal;
  private bound: { readonly address: string; readonly port: number } | undefined;
  private origin: Origin | undefined;
  private outlet: MessageOutlet | undefined;
  /** What keeps them, where the run is kept. */
  private inlet: Framer | undefined;

  constructor(options: Receiving) {
    this.options = options;
    this.signal = options.signal ?? options.context.signal;
    this.socket = createSocket({ type: isIPv6(options.host) ? 'udp6' : 'udp4' });
  }

  /** Listens; rejects with exit 3 where it cannot. */
  async bind(): Promise<void> {
    await this.listen();
    this.bound = this.socket.address();
    try {
      this.socket.setRecvBufferSize(SYSTEM_BUFFER);
    } catch {
      // Less is enough in most cases, and what is dropped is told of.
    }
  }

  /** Where it listens. */
  get address(): { readonly address: string; readonly port: number } {
    return this.bound!;
  }

  /** Receives until the end. Called once, behind `bind`. */
  async run(): Promise<void> {
    const { context } = this.options;
    const { signal } = this;
    const { address, port } = this.address;
    this.socket.on('error', (error) => context.note(`a datagram could not be received: ${error.message}`));
    this.socket.on('message', (bytes, from) => this.take(bytes, from));
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
    const dropped = droppedBySystem(address, port);
    await new Promise<void>((resolve) => this.socket.close(resolve));
    this.deliver();
    this.origin?.over?.();
    await this.inlet?.end();
    this.tellLost(dropped);
  }

  private listen(): Promise<void> {
    const { host, port } = this.options;
    const { socket } = this;
    return new Promise((resolve, reject) => {
      socket.once('error', (error) => {
        const where = `cannot listen on ${hostAndPort(host, port)} (UDP)`;
        socket.close();
        reject(sourceFailure('cannot-listen', where, error, portHelp(error)));
      });
      socket.bind({ port, address: host, exclusive: true }, () => {
        socket.removeAllListeners('error');
        resolve();
      });
    });
  }

  private take(bytes: Buffer, from: RemoteInfo): void {
    if (this.signal.aborted) return;
    if (this.weight >= MOST_WAITING) {
      if (this.lost++ === 0)
        this.options.context.note('datagrams are lost: they come faster than the program takes them');
      return;
    }
    this.waiting.push({ bytes, from });
    this.weight += bytes.length + WEIGHT;
    if (this.isScheduled || this.isHeld) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      if (!this.isHeld) this.deliver();
    });
  }

  private deliver(): void {
    const { waiting } = this;
    this.waiting = [];
    this.weight = 0;
    if (waiting.length === 0) return;
    const full = this.options.context.receive === undefined ? this.give(waiting) : this.keep(waiting);
    if (full === undefined) return;
    this.isHeld = true;
    void full.then(() => {
      this.isHeld = false;
      if (!this.signal.aborted) this.deliver();
    });
  }

  private give(waiting: readonly Datagram[]): Promise<void> | undefined {
    const { toValue } = this.options;
    const outlet = this.open();
    for (const { bytes, from } of waiting) outlet.add(bytes, toValue && ((text) => toValue(text, from)));
    return outlet.flush();
  }

  private keep(waiting: readonly Datagram[]): Promise<void> | undefined {
    const { address, port } = this.bound!;
    this.inlet ??= this.options.context.receive!(placeName(address, port));
    return this.inlet.push(Buffer.concat(waiting.map(({ bytes, from }) => frameOf(bytes, from))));
  }

  /** It is a place that data comes from when some has come: where none does, nobody waits for it. */
  private open(): MessageOutlet {
    const { context } = this.options;
    const { address, port } = this.bound!;
    this.origin ??= context.origin(placeName(address, port));
    this.outlet ??= new MessageOutlet(new Delivery(this.origin, context, undefined));
    return this.outlet;
  }

  private tellLost(dropped: number): void {
    if (this.lost + dropped === 0) return;
    const why = [
      ...(this.lost > 0 ? [`${this.lost} came while the program could not keep up`] : []),
      ...(dropped > 0 ? [`${dropped} the system dropped before they were read`] : []),
    ];
    this.options.context.note(`datagrams were lost: ${why.join(', ')}`);
  }
}
