import type { Server, Socket } from 'node:net';
import { Server as SecureServer } from 'node:tls';
import type { SourceContext } from '../define/context.ts';
import { whole } from '../define/parameters.ts';
import { codeOf, reasonOf, sourceFailure } from '../input/fault.ts';
import { hostAndPort, nameOf } from './address.ts';

/** How many clients a server has at once. */
export const clientsParameter = whole('how many may be connected at once; more are turned away', {
  named: true,
  least: 1,
  apart: true,
}).or(1000);

/** Listens; rejects with exit 3 if the port cannot be had. */
export function bindPort(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(sourceFailure('cannot-listen', `cannot listen on ${hostAndPort(host, port)}`, error, portHelp(error)));
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

/** What to do where a port cannot be had. */
export function portHelp(error: unknown): string | undefined {
  if (codeOf(error) === 'EADDRINUSE') return 'take another port; 0 takes one that is free';
  return codeOf(error) === 'EACCES' ? 'ports below 1024 are for the administrator: take a higher one' : undefined;
}

/** Connections that are not yet encrypted: they are let go of when the run ends. */
function underway(server: SecureServer, note: (message: string) => void): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', (error) => note(`a client could not connect: ${reasonOf(error)}`));
  return sockets;
}

/** What a source does with the clients of a server. */
interface Serving {
  readonly context: SourceContext;
  /** The most at once; more are turned away with a note. */
  readonly clients: number;
  /** Begins to listen; rejects with exit 3 where it cannot. */
  readonly bind: (server: Server) => Promise<void>;
  /** Called once it listens. */
  readonly announce: (server: Server) => void;
  /** One client, from its first byte to its last, or until it is destroyed. Never rejects. */
  readonly serve: (client: Socket) => Promise<void>;
  /** What becomes of a client when the run ends: it is destroyed unless given. */
  readonly leave?: (client: Socket) => void;
}

/**
 * Serves the clients of a server until the run ends, with `--once` one client. Resolves when all that the clients sent by then has been delivered.
 *
 * @param server that does not listen yet, and has no listeners.
 */
export async function serveClients(
  server: Server,
  { context, clients, bind, announce, serve, leave = (client) => client.destroy() }: Serving,
): Promise<void> {
  const served = new Map<Socket, Promise<void>>();
  const isSecure = server instanceof SecureServer;
  const begun = isSecure ? underway(server, (message) => context.note(message)) : new Set<Socket>();
  server.on(isSecure ? 'secureConnection' : 'connection', (client: Socket) => {
    // One that was on its way when the run ended.
    if (context.signal.aborted) return void client.destroy();
    if (context.once) server.close();
    const done = serve(client).finally(() => served.delete(client));
    served.set(client, done);
  });
  server.maxConnections = context.once ? 1 : clients;
  server.on('drop', () => {
    if (!context.once) context.note(`more than ${clients} clients at once; the others are turned away`);
  });
  await bind(server);
  server.on('error', (error) => context.note(`a client could not connect: ${error.message}`));
  const closed = new Promise((resolve) => server.once('close', resolve));
  announce(server);
  // One listener for all clients.
  const stop = () => {
    server.close();
    const known = new Set(Array.from(served.keys(), nameOf));
    for (const client of begun) if (!known.has(nameOf(client))) client.destroy();
    for (const client of served.keys()) leave(client);
  };
  context.signal.addEventListener('abort', stop);
  if (context.signal.aborted) stop();
  await closed;
  context.signal.removeEventListener('abort', stop);
  await Promise.all(served.values());
}
