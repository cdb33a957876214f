import { toJson } from '../../base/json.ts';
import { text, whole } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { toLine } from '../formats/format.ts';
import { DatagramSink } from '../output/datagram-sink.ts';

export const udp = defineSink({
  name: 'udp',
  summary: 'Sends each record as a datagram by UDP',
  synonyms: ['datagram', 'statsd', 'graylog', 'socat'],
  docs:
    'One record is one datagram, without a line end, sent as it comes. UDP does not tell whether it arrived: what nobody takes, or the network drops, is lost. Where the other machine ' +
    'says that nobody listens, a note says so, and how often at the end; the run goes on. A record of more than 65,507 bytes is bad. A host that is not ' +
    'known ends the run with exit code 4.',
  examples: [
    {
      program: 'words | countByValue | map(`words.${_[0]}:${_[1]}|c`) | udp("127.0.0.1", 8125)',
      in: 'to be',
      out: '',
      notRun: 'it needs somebody who listens',
    },
  ],
  parameters: {
    host: text('the host to send to'),
    port: whole('the port', { least: 1, most: 65_535 }),
    format: text('what a record is written as', { named: true, choices: ['text', 'json'] }).or('text'),
  },
  promise: 'again',
  create: ({ host, port, format }, context) =>
    new DatagramSink({
      name: `${host}:${port}`,
      host,
      port,
      toText: format === 'json' ? toJson : toLine,
      context,
    }),
});
