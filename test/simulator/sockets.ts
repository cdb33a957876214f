/** A network of which nothing is but its two ends: servers and connections that do what a simulation tells them. */
import { EventEmitter } from 'node:events';
import type { Server, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Sockets } from '../../src/flow/define/network.ts';

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code} of the network`), { code });
}

/** One connection. */
export class SimulatedSocket extends Duplex {
  readonly remoteAddress = '192.0.2.1';
  readonly remotePort: number;

  constructor(number: number) {
    super();
    this.remotePort = number;
  }

  override _read(): void {}

  override _write(_bytes: Buffer, _encoding: string, done: () => void): void {
    done();
  }

  /** The other end sends bytes. */
  receive(bytes: Buffer): void {
    this.push(bytes);
  }

  /** The other end has nothing more to say. */
  leave(): void {
    this.push(null);
  }

  breakOff(code: string): void {
    this.destroy(systemError(code));
  }

  /** Whether what has come waits to be read. */
  get isHeldUp(): boolean {
    return this.readableLength > 0;
  }
}

/** What a server of Node's does, as far as it can be told from one. */
class SimulatedServer extends EventEmitter {
  maxConnections = Number.POSITIVE_INFINITY;
  isClosed = false;
  private isListening = false;
  private readonly clients = new Set<SimulatedSocket>();

  listen(_to: object, listening: () => void): void {
    this.isListening = true;
    process.nextTick(listening);
  }

  address(): { readonly address: string; readonly port: number } {
    return { address: '127.0.0.1', port: 9999 };
  }

  close(): void {
    this.isListening = false;
    this.end();
  }

  /** A client comes. @returns whether it is let in. */
  accept(client: SimulatedSocket): boolean {
    if (!this.isListening || this.clients.size >= this.maxConnections) {
      client.destroy();
      if (this.isListening) this.emit('drop');
      return false;
    }
    this.clients.add(client);
    client.once('close', () => {
      this.clients.delete(client);
      this.end();
    });
    this.emit('connection', client);
    return true;
  }

  private end(): void {
    if (this.isListening || this.isClosed || this.clients.size > 0) return;
    this.isClosed = true;
    process.nextTick(() => this.emit('close'));
  }
}

/** What becomes of who connects: there is a connection, there is none, or nobody says anything. */
export type Answer = 'up' | 'down' | 'mute';

export class SimulatedNetwork implements Sockets {
  /** All that were ever made. */
  readonly all: SimulatedSocket[] = [];
  answer: Answer = 'up';
  private listening: SimulatedServer | undefined;
  private readonly dialled: (socket: SimulatedSocket, answer: Answer) => void;

  /** @param dialled is told of each connection that the run tries to make, and what becomes of it. */
  constructor(dialled: (socket: SimulatedSocket, answer: Answer) => void) {
    this.dialled = dialled;
  }

  server(): Server {
    this.listening = new SimulatedServer();
    return this.listening as unknown as Server;
  }

  connect(): Socket {
    const socket = this.made();
    const { answer } = this;
    if (answer === 'up') process.nextTick(() => socket.emit('connect'));
    if (answer === 'down') socket.breakOff('ECONNREFUSED');
    this.dialled(socket, answer);
    return socket as unknown as Socket;
  }

  /** A client comes to the server. @returns its connection; undefined where it was turned away. */
  dial(): SimulatedSocket | undefined {
    const socket = this.made();
    return this.listening?.accept(socket) === true ? socket : undefined;
  }

  /** What is left of it when nobody should be there any more, in words. */
  get left(): string | undefined {
    if (this.listening?.isClosed === false) return 'the server still listens';
    const open = this.all.filter(({ destroyed }) => !destroyed).length;
    return open === 0 ? undefined : `${open} connections are still open`;
  }

  private made(): SimulatedSocket {
    const socket = new SimulatedSocket(this.all.length + 1);
    this.all.push(socket);
    return socket;
  }
}
