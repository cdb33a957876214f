import { isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { wallClock } from '../../base/clock.ts';
import type { TlsSecrets } from '../connections/tls.ts';
import { hostSockets } from '../sockets/host-sockets.ts';
import type { BrokerAddress } from './address.ts';

/** How long a server may take until there is a connection, and to an answer where one waits for it, ms. */
export const PATIENCE = 20_000;

/** A connection whose bytes are asked for: what nobody asks for yet makes the server wait. */
export class BrokerSocket {
  private socket: Socket;
  private failure: Error | undefined;
  private isOver = false;
  private ring = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    this.listen(socket);
  }

  private listen(socket: Socket): void {
    socket.on('error', (error) => {
      this.failure ??= error;
    });
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.isOver = true;
        this.ring();
      });
    }
    socket.on('readable', () => this.ring());
  }

  /**
   * Connects. Rejects with the system's error, ETIMEDOUT where there is no answer.
   *
   * @param secrets of an encrypted connection.
   * @param signal ends the connection, whatever is under way.
   */
  static async open(
    { host, port, isSecure }: BrokerAddress,
    secrets: TlsSecrets,
    signal?: AbortSignal,
  ): Promise<BrokerSocket> {
    const socket = hostSockets.connect({ host, port, secure: isSecure ? secrets : undefined });
    const stop = () => void socket.destroy();
    const callOff = wallClock.at(wallClock.now() + PATIENCE, () => socket.destroy(noAnswer()));
    signal?.addEventListener('abort', stop);
    socket.once('close', () => signal?.removeEventListener('abort', stop));
    if (signal?.aborted) stop();
    try {
      await connected(socket, isSecure ? 'secureConnect' : 'connect');
    } finally {
      callOff();
    }
    return new BrokerSocket(socket);
  }

  /** Encrypts what follows: the two have agreed on it. Rejects with the system's error. */
  async secure(host: string, secrets: TlsSecrets): Promise<void> {
    const { socket: plain } = this;
    for (const event of ['end', 'close', 'error', 'readable']) plain.removeAllListeners(event);
    const socket = connectSecurely({ socket: plain, ...secrets, ...nameFor(host) });
    const callOff = wallClock.at(wallClock.now() + PATIENCE, () => socket.destroy(noAnswer()));
    this.socket = socket;
    try {
      await connected(socket, 'secureConnect');
    } finally {
      callOff();
    }
    this.listen(socket);
  }

  /**
   * The next bytes, of any number. Rejects where the connection broke or was closed.
   *
   * @param patience how long to wait for them at most, ms; for ever unless given. Then the connection is given up.
   */
  async read(patience?: number): Promise<Buffer> {
    for (;;) {
      const piece = this.socket.read() as Buffer | null;
      if (piece !== null) return piece;
      if (this.failure !== undefined) throw this.failure;
      if (this.isOver) throw closed();
      await new Promise<void>((resolve) => {
        const late = () => this.socket.destroy(noAnswer());
        const callOff = patience === undefined ? () => {} : wallClock.at(wallClock.now() + patience, late);
        this.ring = () => {
          callOff();
          resolve();
        };
      });
      this.ring = () => {};
    }
  }

  /** Resolves when the system has taken all of the bytes. */
  write(bytes: Uint8Array | string): Promise<void> {
    return new Promise((resolve, reject) =>
      this.socket.write(bytes, (error) => (error ? reject(this.failure ?? error) : resolve())),
    );
  }

  /** Lets go of it at once. What was written is sent. */
  close(): void {
    this.socket.destroySoon();
  }
}

async function connected(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(event, resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(closed()));
    });
  } catch (error) {
    // One that is given up may still fail, which is nobody's matter.
    socket.on('error', () => {}).destroy();
    throw error;
  }
}

/** By which name a certificate is asked for, and checked. */
function nameFor(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

function noAnswer(): Error {
  return Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
}

function closed(): Error {
  return Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' });
}
