import { STRING } from '../../base/type.ts';
import { flag, text, whole } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { taggedLine, textType } from '../framing/text.ts';
import { hostAndPort, nearAddress } from '../sockets/address.ts';
import { DatagramFramer, type DatagramToValue } from '../sockets/datagram-framer.ts';
import { DatagramReceiver } from '../sockets/datagrams.ts';
import { tagOfPeer } from '../sockets/text.ts';

export const udp = defineSource({
  name: 'udp',
  summary: 'The datagrams that come to a port by UDP, each of them a record',
  synonyms: ['datagram', 'statsd', 'netflow', 'socat'],
  docs:
    'One datagram is one record, whatever is in it: a newline at its end is none of it, others stay (`split("\\n")` makes a record of each line). Only this machine can ' +
    'send unless `host` says otherwise (`host: "0.0.0.0"`: anyone). Port 0 takes a free port and says which. Whoever sends datagrams cannot be made to wait, so what comes ' +
    'while the program cannot keep up is held, 16 MB of it; what is lost beyond that, and what the system drops (Linux counts that), is told of at the end. ' +
    'All senders are one origin; `tag: true` tells them apart. It never ends by itself, also not with `--once`. With `--checkpoint` what was read is written down before it is worked on; what comes while leat is down is lost.',
  examples: [
    { program: 'udp(8125) | countByValue', notRun: 'it waits for datagrams', in: 'a\nb\na', out: 'a\t2\nb\t1' },
  ],
  parameters: {
    port: whole('the port; 0 takes a free one', { most: 65_535, apart: true }),
    host: text('the address to listen on', { named: true, apart: true }).or('127.0.0.1'),
    tag: flag(
      'gives `{source, line, peer}` instead of the text alone; `source` is the sender with its port, `peer` its address',
    ),
  },
  gives: (args) => textType(args, { peer: STRING }),
  behaviour: () => ({
    kind: 'live',
    replayable: false,
    received: true,
    open({ port, host, tag }, context) {
      const toValue: DatagramToValue = tag
        ? (line, from) => taggedLine(hostAndPort(from.address, from.port), line, tagOfPeer)
        : undefined;
      return {
        framer: (origin, progress) => new DatagramFramer(origin, context, toValue, progress),
        async run() {
          const receiver = new DatagramReceiver({ context, host, port, toValue });
          await receiver.bind();
          const { address, port: bound } = receiver.address;
          const near = nearAddress(address);
          context.note(`listening on ${hostAndPort(address, bound)} by UDP (try: nc -u ${near} ${bound})`);
          await receiver.run();
        },
      };
    },
  }),
});
