import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { readTls } from '../connections/tls.ts';
import type { Connection, ConnectionEvents, Endpoint, Network } from '../define/network.ts';

/** The network of the host: TCP, also encrypted, UDP, and sockets of the file system. */
export const hostNetwork: Network = {
  async connect(to, events) {
    if (to.kind === 'udp') return sendDatagrams(to, events);
    const isSecure = to.kind === 'tcp' && to.tls !== undefined;
    return sendStream(dial(to), isSecure ? 'secureConnect' : 'connect', events);
  },
};

function dial(to: Exclude<Endpoint, { kind: 'udp' }>): Socket {
  if (to.kind === 'unix') return connect({ path: to.path });
  const { host, port, tls } = to;
  if (tls === undefined) return connect({ host, port });
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return connectSecurely({ host, port, ...readTls(tls, 4), ...servername });
}

async function sendStream(
  socket: Socket,
  connected: 'connect' | 'secureConnect',
  { broken, ended, received }: ConnectionEvents,
): Promise<Connection> {
  await new Promise<void>((resolve, reject) => socket.once(connected, resolve).once('error', reject));
  // Whole batches are written at once, and some wait for an answer to each.
  socket.setNoDelay(true);
  socket.on('error', broken);
  socket.on('end', ended);
  // Left unread, what the peer says would make the system drop what we have sent when we close.
  if (received === undefined) socket.resume();
  else socket.on('data', received);
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve()))),
    end: () =>
      new Promise((resolve, reject) => {
        // Of one that has gone nothing is told any more: waited for, it would leave the process with nothing to do.
        if (socket.closed) return resolve();
        socket.once('error', reject);
        socket.once('close', () => resolve());
        socket.end();
      }),
    letGo: () => void socket.destroy(),
  };
}

async function sendDatagrams(
  { host, port }: { readonly host: string; readonly port: number },
  { broken }: ConnectionEvents,
): Promise<Connection> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  // Connected, so that the other machine can say that nobody listens.
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject);
    socket.connect(port, address);
  });
  socket.on('error', broken);
  const close = () => new Promise<void>((resolve) => socket.close(resolve));
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => socket.send(bytes, (error) => (error ? reject(error) : resolve()))),
    end: close,
    letGo: () => void socket.close(),
  };
}
