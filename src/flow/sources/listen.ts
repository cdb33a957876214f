import type { Server } from 'node:net';
import { tlsFiles, tlsOfServer } from '../connections/tls.ts';
import type { SourceContext } from '../define/context.ts';
import { text, whole } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { hostAndPort, nameOf, nearAddress } from '../sockets/address.ts';
import { bindPort, clientsParameter, openServer, serveClients } from '../sockets/server.ts';
import {
  framerOfClients,
  maxUnfinishedParameter,
  peerTextParameters,
  peerTextType,
  readClient,
  tagOfPeer,
} from '../sockets/text.ts';

/** Says where clients connect to. */
function announce(server: Server, context: SourceContext, isSecure: boolean): void {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return;
  const { address, port } = bound;
  const near = nearAddress(address);
  const client = isSecure ? `openssl s_client -quiet -connect ${hostAndPort(near, port)}` : `nc ${near} ${port}`;
  context.note(`listening on ${hostAndPort(address, port)}${isSecure ? ' by TLS' : ''} (try: ${client})`);
}

export const listen = defineSource({
  name: 'listen',
  summary: 'A TCP server: the lines that any number of clients send',
  synonyms: ['netcat', 'socket'],
  docs:
    'Waits for clients such as `nc`, each of them a stream of lines of its own; a line that a client leaves unfinished counts. Only ' +
    'this machine can connect unless `host` says otherwise (`host: "0.0.0.0"`: anyone). Port 0 takes a free port and says which. When ' +
    'the program cannot keep up, clients are made to wait; nothing is dropped. Lines that are not finished take 64 MB at most, of all clients ' +
    'together: beyond that the longest is cut, and is bad; its client goes on with the next one. With `tls: true` connections are encrypted, by the certificate of `cert:` and `key:`; with `ca:` clients have to show one too. It never ends by itself; with `--once` it serves one ' +
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
    ...tlsOfServer,
    ...peerTextParameters,
  },
  gives: peerTextType,
  origins: 'client',
  behaviour: () => ({
    kind: 'live',
    replayable: false,
    received: true,
    open({ port, host, clients, maxUnfinished, ...args }, context) {
      const framer = framerOfClients(args, maxUnfinished, context, tagOfPeer);
      return {
        framer,
        run: () =>
          serveClients(openServer(tlsFiles(args)), {
            context,
            clients,
            bind: (server) => bindPort(server, host, port),
            announce: (server) => announce(server, context, args.tls),
            serve: (client) => readClient(client, nameOf(client), context, framer),
          }),
      };
    },
  }),
});
