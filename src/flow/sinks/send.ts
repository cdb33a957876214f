import { tlsFiles, tlsToServer } from '../connections/tls.ts';
import { duration, flag, text, whole } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { AckedSender } from '../keyed/acked-sender.ts';
import { openConnection } from '../output/connection.ts';
import { formatParameter } from '../output/format-parameter.ts';
import { NumberedSink } from '../output/numbered-sink.ts';
import { TargetSink } from '../output/target.ts';

export const send = defineSink({
  name: 'send',
  summary: 'Sends the records as lines to a TCP server',
  synonyms: ['netcat', 'socket', 'tcp'],
  docs:
    'Connects when the run starts and keeps one connection; what a batch gives is sent as soon as the batch is whole. If nobody listens, or the ' +
    'other end closes the connection, the run ends with exit code 4: what is under way then may be lost, and TCP does not tell how much, so that going on ' +
    'would hide a gap. A receiver that is slow slows the run down. With `tls: true` the connection is encrypted, and a server whose certificate nobody trusted has signed, or that is for another name, is refused. What is written is text unless `format:` says otherwise. ' +
    'With `acked: true` the other end is a `listen(port, acked: true)` of leat that says what has arrived: each batch has a number, is sent again after a break for `retry:`, and is known by its number when it comes again, so that with `--checkpoint` at both ends each record is there once, whichever is killed.',
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
    acked: flag(
      'whether the other end, a `listen(port, acked: true)` of leat, acknowledges what has arrived, so that nothing is lost and nothing there twice',
      false,
      { apart: true },
    ),
    retry: duration(
      'with `acked`, how long a connection that breaks is tried again, before the run fails with exit code 4',
      {
        named: true,
        orZero: true,
        apart: true,
        with: 'acked',
      },
    ).or(30_000),
    ...tlsToServer,
  },
  failureHelp: { 'sink-unreachable': 'start the receiver first: `nc -lk PORT`' },
  faster: { lines: ({ acked, format = 'text' }) => !acked && format === 'text' },
  promise: 'again',
  promiseWith: ({ acked }) => (acked ? 'exact' : undefined),
  create({ host, port, format = 'text', acked, retry, ...args }, context, from) {
    const name = `${host}:${port}`;
    const to = { kind: 'tcp', host, port, tls: tlsFiles(args) } as const;
    if (acked) {
      const { network } = context;
      const target = new AckedSender({ network, to, name, retry, note: (message) => context.note(message) });
      return new NumberedSink({ name, format, target, context, from });
    }
    return new TargetSink({
      name,
      open: (lost) => openConnection(context.network, to, name, lost),
      per: 'run',
      format,
      context,
    });
  },
});
