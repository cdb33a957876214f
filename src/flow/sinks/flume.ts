import { toJson } from '../../base/json.ts';
import { retry } from '../connections/retrying.ts';
import { tlsFiles, tlsToServer } from '../connections/tls.ts';
import { flag, lambda, text, whole } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { EventSink } from '../flume/event-sink.ts';
import { toLine } from '../formats/format.ts';

export const flume = defineSink({
  name: 'flume',
  summary: 'Sends each record as an event to an agent of Flume',
  synonyms: ['avro', 'agent', 'log collector'],
  docs:
    'Speaks to an avro source of Flume, and connects when the run starts. One record is one event, its body the text of the record or with `format: "json"` JSON; at most 100 are sent together, when there are as many or their batch is whole, and the next when the agent has said that it has them. ' +
    'Where it says that it could not take a batch, does not answer in 20 s, or cannot be reached, the batch is sent again for `retry:`, and what reads waits; then the run ends with exit code 4. So nothing is lost, and a batch whose answer was lost is there twice. ' +
    '`headers:` gives the headers of an event, an object. `deflate: true` goes with `compression-type = deflate` of the agent, `tls: true` with its `ssl = true`.',
  examples: [
    { program: 'flume("localhost", 41414)', in: 'to be', out: '', notRun: 'it needs an agent' },
    {
      program: 'json | flume("localhost", 41414, format: "json", headers: {host: .host})',
      in: '{"host":"web1"}',
      out: '',
      notRun: 'it needs an agent',
    },
  ],
  parameters: {
    host: text('the host of the agent'),
    port: whole('the port of its avro source', { least: 1, most: 65_535 }),
    format: text('what the body of an event is written as', { named: true, choices: ['text', 'json'] }).or('text'),
    headers: lambda('the headers of an event, an object', (input) => [input], { named: true }).optional(),
    deflate: flag('whether what is sent is packed, as an agent with `compression-type = deflate` expects it', false, {
      apart: true,
    }),
    retry,
    ...tlsToServer,
  },
  failureHelp: {
    'sink-unreachable':
      'start the agent first: `flume-ng agent -n a -f FILE`, with a source of the type avro at this port',
  },
  promise: 'again',
  create: ({ host, port, format, headers, deflate, retry, ...files }, context) =>
    new EventSink({
      host,
      port,
      tls: tlsFiles(files),
      deflate,
      toText: format === 'json' ? toJson : toLine,
      headers: headers?.call,
      retry,
      context,
    }),
});
