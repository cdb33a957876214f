import { filePath } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { openConnection } from '../output/connection.ts';
import { formatParameter } from '../output/format-parameter.ts';
import { TargetSink } from '../output/target.ts';

const START_IT = 'start the receiver first: `nc -lkU PATH`, or `leat \'unix("PATH")\'`';

export const unix = defineSink({
  name: 'unix',
  summary: 'Sends the records as lines to a server at a socket of the file system',
  synonyms: ['unix socket', 'domain socket', 'socat', 'ipc'],
  docs:
    'As `send`, to a program on this machine: connects when the run starts and keeps one connection; what a batch gives is sent as soon as the batch is whole. ' +
    'If nobody listens, or the other end closes the connection, the run ends with exit code 4. A receiver that is slow slows the run down. What is ' +
    'written is text unless `format:` says otherwise. Not on Windows.',
  examples: [
    {
      program: 'json | unix("leat.sock", format: "json")',
      in: '{"a":1}',
      out: '',
      notRun: 'it needs somebody who listens',
    },
  ],
  parameters: { path: filePath('where the socket is'), format: formatParameter('text unless given') },
  failureHelp: { 'sink-unreachable': START_IT, 'sink-failed': START_IT },
  faster: { lines: ({ format = 'text' }) => format === 'text' },
  promise: 'again',
  create({ path, format }, context) {
    return new TargetSink({
      name: path,
      open: (lost) => openConnection(context.network, { kind: 'unix', path }, path, lost),
      per: 'run',
      format: format ?? 'text',
      context,
    });
  },
});
