import { wallClock } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import type { Network } from '../define/network.ts';
import { text, whole } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { formatParameter } from '../output/format-parameter.ts';
import { type Target, TargetSink } from '../output/target.ts';

/** How long the peer may take to close its end after we have closed ours, ms; until then it can still say that it lost something. */
const LAST_WORD = 2000;

async function openConnection(
  network: Network,
  host: string,
  port: number,
  lost: (error: unknown) => void,
): Promise<Target> {
  let closing = false;
  const ended = () => {
    if (!closing) lost(peerGone(`${host}:${port}`));
  };
  const connection = await network.connect(host, port, { broken: lost, ended });
  return {
    write: (bytes) => connection.write(bytes),
    close() {
      closing = true;
      const callOff = wallClock.at(wallClock.now() + LAST_WORD, () => connection.letGo());
      return connection.end().finally(callOff);
    },
    async abandon() {
      connection.letGo();
    },
  };
}

function peerGone(name: string): RunFailure {
  return new RunFailure(
    'sink-closed',
    4,
    `cannot write to ${name}: the other end closed the connection`,
    'a receiver that only ends its own sending (`nc -l` without an input) needs an input that stays open',
  );
}

export const send = defineSink({
  name: 'send',
  summary: 'Sends the records as lines to a TCP server',
  synonyms: ['netcat', 'socket', 'tcp'],
  docs:
    'Connects when the run starts and keeps one connection; what a batch gives is sent as soon as the batch is whole. If nobody listens, or the ' +
    'other end closes the connection, the run ends with exit code 4: what is under way then may be lost, and TCP does not tell how much, so that going on ' +
    'would hide a gap. A receiver that is slow slows the run down. What is written is text unless `format:` says otherwise.',
  examples: [
    { program: 'send("127.0.0.1", 9999)', in: 'to be', out: '', notRun: 'it needs somebody who listens' },
    {
      program: 'words | countByValue | send("127.0.0.1", 9999, format: "json")',
      in: 'to be',
      out: '',
      notRun: 'it needs somebody who listens',
    },
  ],
  parameters: {
    host: text('the host to connect to'),
    port: whole('the port', { least: 1, most: 65535 }),
    format: formatParameter('text unless given'),
  },
  failureHelp: { 'sink-unreachable': 'start the receiver first: `nc -lk PORT`' },
  promise: 'again',
  create({ host, port, format }, context) {
    return new TargetSink({
      name: `${host}:${port}`,
      open: (lost) => openConnection(context.network, host, port, lost),
      per: 'run',
      format: format ?? 'text',
      context,
    });
  },
});
