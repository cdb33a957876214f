import type { Server } from 'node:net';
import { tlsFiles, tlsOfServer } from '../connections/tls.ts';
import type { SourceContext } from '../define/context.ts';
import { flag, text, whole } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { AckedClients } from '../keyed/acked-clients.ts';
import { KeyedPlaces } from '../keyed/keyed-places.ts';
import { knownInWords } from '../keyed/known-keys.ts';
import { hostAndPort, nameOf, nearAddress } from '../sockets/address.ts';
import { bindPort, clientsParameter, serveClients } from '../sockets/server.ts';
import {
  framerOfClients,
  maxUnfinishedOf,
  maxUnfinishedParameter,
  peerTextParameters,
  peerTextType,
  readClient,
  tagOfPeer,
} from '../sockets/text.ts';

/** Says where clients connect to. */
function announce(
  server: Server,
  context: SourceContext,
  { tls: isSecure, acked }: { tls: boolean; acked: boolean },
): void {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return;
  const { address, port } = bound;
  const near = nearAddress(address);
  const leat = `leat 'send("${near}", ${port}, acked: true${isSecure ? ', tls: true' : ''})'`;
  const plain = isSecure ? `openssl s_client -quiet -connect ${hostAndPort(near, port)}` : `nc ${near} ${port}`;
  context.note(`listening on ${hostAndPort(address, port)}${isSecure ? ' by TLS' : ''} (try: ${acked ? leat : plain})`);
}

export const listen = defineSource({
  name: 'listen',
  summary: 'A TCP server: the lines that any number of clients send',
  synonyms: ['netcat', 'socket'],
  docs:
    'Waits for clients such as `nc`, each of them a stream of lines of its own; a line that a client leaves unfinished counts. Only ' +
    'this machine can connect unless `host` says otherwise (`host: "0.0.0.0"`: anyone). Port 0 takes a free port and says which. When ' +
    'the program cannot keep up, clients are made to wait; nothing is dropped. Lines that are not finished take 64 MB at most, of all clients ' +
    'together: beyond that the longest is cut, and is bad; its client goes on with the next one. With `tls: true` connections are encrypted, by the certificate of `cert:` and `key:`; with `ca:` clients have to show one too. With `acked: true` clients are `send(…, acked: true)` of other leat, as on many hosts whose logs come together here: a batch is taken whole, told to be safe when it is (with `--checkpoint` from a power cut too), and known when it comes again. It never ends by itself; with `--once` it serves one ' +
    'connection and ends with it, like plain `nc -l`.',
  examples: [
    {
      program: 'listen(9999) | words | countByValue',
      notRun: 'it waits for a client',
      in: 'a b a',
      out: 'a\t2\nb\t1',
    },
    {
      program: 'listen(6514, host: "0.0.0.0", tls: true, cert: "server.pem", key: "server.key") | count',
      notRun: 'it waits for a client, and needs a certificate',
      in: 'a\nb',
      out: '2',
    },
  ],
  parameters: {
    port: whole('the port; 0 takes a free one', { most: 65_535, apart: true }),
    host: text('the address to listen on', { named: true, apart: true }).or('127.0.0.1'),
    clients: clientsParameter,
    maxUnfinished: maxUnfinishedParameter,
    acked: flag('takes what `send(…, acked: true)` of another leat sends, and tells it what has arrived'),
    ...tlsOfServer,
    ...peerTextParameters,
  },
  gives: peerTextType,
  origins: 'client',
  splitInWords: knownInWords,
  behaviour: ({ acked }) => ({
    kind: 'live',
    replayable: false,
    received: true,
    ...(acked ? { readsFromStart: true } : {}),
    open({ port, host, clients, maxUnfinished, ...args }, context, from) {
      const places = new KeyedPlaces({ args, context, from });
      const parts = new AckedClients(places, context, maxUnfinishedOf({ maxUnfinished, maxLine: args.maxLine }));
      const framer = acked ? places.framer : framerOfClients(args, maxUnfinished, context, tagOfPeer);
      return {
        framer,
        run: () =>
          serveClients(context.sockets.server(tlsFiles(args)), {
            context,
            clients,
            bind: (server) => bindPort(server, host, port),
            announce: (server) => announce(server, context, args),
            serve: (client) =>
              acked ? parts.serve(client, nameOf(client)) : readClient(client, nameOf(client), context, framer),
          }),
      };
    },
  }),
});
