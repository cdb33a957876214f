import { UNKNOWN } from '../../base/type.ts';
import { tlsFiles, tlsOfServer } from '../connections/tls.ts';
import { flag, size, text, whole } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { serveAgent } from '../flume/agent.ts';
import { KnownPeers } from '../flume/protocol.ts';
import { textType } from '../framing/text.ts';
import { hostAndPort } from '../sockets/address.ts';
import { countedFramer } from '../sockets/counted.ts';
import { serveInlet } from '../sockets/inlet.ts';
import { HeldBound } from '../sockets/peer-fault.ts';
import { bindPort, clientsParameter, serveClients } from '../sockets/server.ts';

export const flume = defineSource({
  name: 'flume',
  summary: 'A server for agents of Flume: the events that their avro sinks send',
  synonyms: ['avro', 'agent', 'FlumeUtils', 'log collector'],
  docs: [
    'Takes the place of an avro source of Flume: agents send to it by a sink of the type `avro`, also with `compression-type = deflate`, which it sees by itself. One event is one record, its body as text; any number of agents may send at once.',
    'An agent is told that a batch has arrived when it was taken, with `--checkpoint` when it is on the disk, so that nothing is lost where either of them ends: then the agent sends the batch anew that was under way, which may be there twice.',
    'Where the program cannot keep up, agents wait, and after 5 s are told that the batch failed, which they keep and send again.',
    'Only this machine can send unless `host` says otherwise (`host: "0.0.0.0"`: anyone). With `tls: true` connections are encrypted, by the certificate of `cert:` and `key:`. With `tag: true` a record has the headers of its event. With `--once` it ends with the first agent that leaves.',
  ].join(' '),
  examples: [
    {
      program: 'flume(41414) | json | countBy(.path) | running',
      notRun: 'it waits for an agent',
      in: '{"path":"/"}',
      out: '/\t1',
    },
    {
      program: 'flume(41414, tag: true) | countBy(.headers.host)',
      notRun: 'it waits for an agent',
      out: 'web1\t1',
    },
  ],
  parameters: {
    port: whole('the port; 0 takes a free one', { most: 65_535, apart: true }),
    host: text('the address to listen on', { named: true, apart: true }).or('127.0.0.1'),
    clients: clientsParameter,
    maxBatch: size('the most bytes of a batch, unpacked; an agent that sends a larger one is turned away', {
      named: true,
      apart: true,
    }).or(64 * 1024 * 1024),
    maxLine: size('the most bytes of a body; a longer one is bad', { named: true }).or(1024 * 1024),
    ...tlsOfServer,
    tag: flag('gives `{source, line, headers}` instead of the line alone; `source` is the connection'),
  },
  gives: (args) => textType(args, { headers: UNKNOWN }),
  origins: 'client',
  behaviour: () => ({
    kind: 'live',
    replayable: false,
    received: true,
    open({ port, host, clients, maxBatch, maxLine, tag, ...files }, context) {
      const framer = countedFramer({ tag, maxLine }, context);
      const agents = { known: new KnownPeers(), tag, maxBatch, bound: new HeldBound(maxBatch) };
      return {
        framer,
        run: () =>
          serveClients(context.sockets.server(tlsFiles(files)), {
            context,
            clients,
            bind: (server) => bindPort(server, host, port),
            announce(server) {
              const bound = server.address() as { readonly address: string; readonly port: number };
              context.note(`listening on ${hostAndPort(bound.address, bound.port)} for agents of Flume`);
            },
            serve: (client) => serveInlet(client, context, framer, (inlet) => serveAgent(client, inlet, agents)),
          }),
      };
    },
  }),
});
