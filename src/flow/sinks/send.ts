import { tlsFiles, tlsToServer } from '../connections/tls.ts';
import { text, whole } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { openConnection } from '../output/connection.ts';
import { formatParameter } from '../output/format-parameter.ts';
import { TargetSink } from '../output/target.ts';

export const send = defineSink({
  name: 'send',
  summary: 'Sends the records as lines to a TCP server',
  synonyms: ['netcat', 'socket', 'tcp'],
  docs:
    'Connects when the run starts and keeps one connection; what a batch gives is sent as soon as the batch is whole. If nobody listens, or the ' +
    'other end closes the connection, the run ends with exit code 4: what is under way then may be lost, and TCP does not tell how much, so that going on ' +
    'would hide a gap. A receiver that is slow slows the run down. With `tls: true` the connection is encrypted, and a server whose certificate nobody trusted has signed, or that is for another name, is refused. What is written is text unless `format:` says otherwise.',
  examples: [
    { program: 'send("127.0.0.1", 9999)', in: 'to be', out: '', notRun: 'it needs somebody who listens' },
    {
      program: 'words | countByValue | send("127.0.0.1", 9999, format: "json")',
      in: 'to be',
      out: '',
      notRun: 'it needs somebody who listens',
    },
    {
      program: 'send("logs.example.com", 6514, tls: true)',
      in: 'to be',
      out: '',
      notRun: 'it needs somebody who listens',
    },
  ],
  parameters: {
    host: text('the host to connect to'),
    port: whole('the port', { least: 1, most: 65535 }),
    format: formatParameter('text unless given'),
    ...tlsToServer,
  },
  failureHelp: { 'sink-unreachable': 'start the receiver first: `nc -lk PORT`' },
  promise: 'again',
  create({ host, port, format, ...args }, context) {
    const name = `${host}:${port}`;
    return new TargetSink({
      name,
      open: (lost) => openConnection(context.network, { kind: 'tcp', host, port, tls: tlsFiles(args) }, name, lost),
      per: 'run',
      format: format ?? 'text',
      context,
    });
  },
});
