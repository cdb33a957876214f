import { STRING } from '../../base/type.ts';
import { flag, size, text, whole } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { textType } from '../framing/text.ts';
import { serveScribe } from '../scribe/client.ts';
import { hostAndPort } from '../sockets/address.ts';
import { countedFramer } from '../sockets/counted.ts';
import { serveInlet } from '../sockets/inlet.ts';
import { HeldBound } from '../sockets/peer-fault.ts';
import { bindPort, clientsParameter, serveClients } from '../sockets/server.ts';

export const scribe = defineSource({
  name: 'scribe',
  summary: 'A server for clients of Scribe: the messages that they log',
  synonyms: ['thrift', 'scribed', 'facebook', 'log collector'],
  docs: [
    'Takes the place of a server of Scribe (Thrift, framed, the binary form, strict or not). One message is one record, without the newline at its end; any number of clients may log at once.',
    'A client is told OK when its messages were taken, with `--checkpoint` when they are on the disk. Where the program cannot keep up, clients wait, and after 5 s are told TRY_LATER: then nothing was taken, and what logs is to log it again, as it does where no answer came; messages that were under way then may be there twice.',
    'Only this machine can send unless `host` says otherwise (`host: "0.0.0.0"`: anyone). With `tag: true` a record has the category of its message. With `--once` it ends with the first client that leaves.',
  ].join(' '),
  examples: [
    {
      program: 'scribe(1463) | json | countBy(.path) | running',
      notRun: 'it waits for a client',
      in: '{"path":"/"}',
      out: '/\t1',
    },
    {
      program: 'scribe(1463, tag: true) | countBy(.category)',
      notRun: 'it waits for a client',
      out: 'app\t1',
    },
  ],
  parameters: {
    port: whole('the port, 1463 as a rule; 0 takes a free one', { most: 65_535, apart: true }),
    host: text('the address to listen on', { named: true, apart: true }).or('127.0.0.1'),
    clients: clientsParameter,
    maxBatch: size('the most bytes of a call; a client that sends a larger one is turned away', {
      named: true,
      apart: true,
    }).or(64 * 1024 * 1024),
    maxLine: size('the most bytes of a message; a longer one is bad', { named: true }).or(1024 * 1024),
    tag: flag('gives `{source, line, category}` instead of the line alone; `source` is the connection'),
  },
  gives: (args) => textType(args, { category: STRING }),
  origins: 'client',
  behaviour: () => ({
    kind: 'live',
    replayable: false,
    received: true,
    open({ port, host, clients, maxBatch, maxLine, tag }, context) {
      const framer = countedFramer({ tag, maxLine }, context);
      const scribes = { tag, maxBatch, bound: new HeldBound(maxBatch) };
      return {
        framer,
        run: () =>
          serveClients(context.sockets.server(undefined), {
            context,
            clients,
            bind: (server) => bindPort(server, host, port),
            announce(server) {
              const bound = server.address() as { readonly address: string; readonly port: number };
              context.note(`listening on ${hostAndPort(bound.address, bound.port)} for clients of Scribe`);
            },
            serve: (client) => serveInlet(client, context, framer, (inlet) => serveScribe(client, inlet, scribes)),
          }),
      };
    },
  }),
});
