import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer, Progress } from '../define/framer.ts';
import { size, text, whole } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { openFramer, textParameters, textType } from '../framing/text.ts';
import { UnfinishedBound } from '../framing/unfinished.ts';
import { codeOf, sourceFailure } from '../input/fault.ts';
import { readStream } from '../input/reading.ts';
import { receive } from '../input/receiving.ts';

/** An address as it is written before a port: an IPv6 one in brackets. */
export function hostAndPort(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Listens; rejects with exit 3 if the port cannot be had. */
function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const help = codeOf(error) === 'EADDRINUSE' ? 'take another port; 0 takes one that is free' : undefined;
      reject(sourceFailure('cannot-listen', `cannot listen on ${hostAndPort(host, port)}`, error, help));
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

/** Says where clients connect to. A server on all addresses is tried on this machine's own. */
function announce(server: Server, context: SourceContext): void {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return;
  const near = bound.address === '0.0.0.0' ? '127.0.0.1' : bound.address === '::' ? '::1' : bound.address;
  context.note(`listening on ${hostAndPort(bound.address, bound.port)} (try: nc ${near} ${bound.port})`);
}

/** Clients may leave lines unfinished, together, of so many bytes. */
const MAX_UNFINISHED = 64 * 1024 * 1024;

/** One client, from its first byte to its last or until it is destroyed; its own lines, numbered by themselves. */
async function serve(client: Socket, open: (name: string) => Framer, context: SourceContext): Promise<void> {
  const name = hostAndPort(client.remoteAddress ?? 'unknown', client.remotePort ?? 0);
  const broken = await readStream(client, open(name));
  if (broken !== undefined && codeOf(broken) !== 'ECONNRESET') context.note(`${name} left: ${broken.message}`);
}

/** Serves clients until the end of the run, or the one that `--once` is for. */
async function serveAll(
  { port, host, clients }: { readonly port: number; readonly host: string; readonly clients: number },
  open: (name: string) => Framer,
  context: SourceContext,
): Promise<void> {
  const served = new Map<Socket, Promise<void>>();
  const server = createServer({ keepAlive: true }, (client) => {
    // One that was on its way when the run ended.
    if (context.signal.aborted) return void client.destroy();
    if (context.once) server.close();
    const done = serve(client, open, context).finally(() => served.delete(client));
    served.set(client, done);
  });
  server.maxConnections = context.once ? 1 : clients;
  server.on('drop', () => {
    if (!context.once) context.note(`more than ${clients} clients at once; the others are turned away`);
  });
  await bind(server, host, port);
  server.on('error', (error) => context.note(`a client could not connect: ${error.message}`));
  const closed = new Promise((resolve) => server.once('close', resolve));
  announce(server, context);
  // One listener for all clients.
  const stop = () => {
    server.close();
    for (const client of served.keys()) client.destroy();
  };
  context.signal.addEventListener('abort', stop);
  if (context.signal.aborted) stop();
  await closed;
  await Promise.all(served.values());
}

export const listen = defineSource({
  name: 'listen',
  summary: 'A TCP server: the lines that any number of clients send',
  synonyms: ['netcat', 'socket'],
  docs:
    'Waits for clients such as `nc`, each of them a stream of lines of its own; a line that a client leaves unfinished counts. Only ' +
    'this machine can connect unless `host` says otherwise (`host: "0.0.0.0"`: anyone). Port 0 takes a free port and says which. When ' +
    'the program cannot keep up, clients are made to wait; nothing is dropped. Lines that are not finished take 64 MB at most, of all clients ' +
    'together: beyond that the longest is cut, and is bad; its client goes on with the next one. It never ends by itself; with `--once` it serves one ' +
    'connection and ends with it, like plain `nc -l`.',
  examples: [
    {
      program: 'listen(9999) | words | countByValue',
      notRun: 'it waits for a client',
      in: 'a b a',
      out: 'a\t2\nb\t1',
    },
  ],
  parameters: {
    port: whole('the port; 0 takes a free one', { most: 65_535, apart: true }),
    host: text('the address to listen on', { named: true, apart: true }).or('127.0.0.1'),
    clients: whole('how many may be connected at once; more are turned away', {
      named: true,
      least: 1,
      apart: true,
    }).or(1000),
    maxUnfinished: size('the most bytes of lines that are not finished, of all clients together', {
      named: true,
      apart: true,
    }).optional(),
    ...textParameters,
  },
  gives: textType,
  origins: 'client',
  behaviour: () => ({
    kind: 'live',
    replayable: false,
    received: true,
    open({ port, host, clients, maxUnfinished, ...args }, context) {
      // One line of the longest is always let be.
      const unfinished = new UnfinishedBound(maxUnfinished ?? Math.max(MAX_UNFINISHED, args.maxLine));
      const framer = (origin: Origin, progress?: Progress) =>
        unfinished.around(openFramer(args, origin, context, progress));
      return {
        framer,
        run: () => serveAll({ port, host, clients }, (name) => receive(name, context, framer), context),
      };
    },
  }),
});
