import { constants, existsSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants as system } from 'node:os';
import type { Duplex, Writable } from 'node:stream';
import { wallClock } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import { text } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { formatParameter } from '../output/format-parameter.ts';
import { type Target, TargetSink } from '../output/target.ts';
import { type Command, startCommand } from '../processes/commands.ts';

/** The system's signals and their numbers. */
const SIGNALS = system.signals;

/** How long to wait for the exit status of a command that has closed its input, ms, before saying no more than that. */
const LAST_WORD = 1000;

/**
 * Runs a command, `$0`, behind a pipe of the shell's, and tells the number of its process, by which we open the pipe. Until then something
 * holds the other end, so that the command does not find its input at an end.
 */
const BEHIND_A_PIPE = 'read -r _ <&3 | { sh -c "echo \\$PPID" >&4; exec sh -c "$0" 3<&- 4>&-; }';

interface Started extends Pick<Command, 'ended'> {
  /** Resolves to where its input is written. */
  readonly opening: Promise<Writable>;
}

async function startWithPipe(command: string): Promise<Started> {
  if (!existsSync('/proc/self/fd')) {
    const { child, ended } = await startCommand(['-c', command], ['pipe', 'inherit', 'inherit']);
    return { ended, opening: Promise.resolve(child.stdin!) };
  }
  // What Node makes is a socket, which Linux does not let a command open by a name: `sqlite3 t.db '.import /dev/stdin t'`. A pipe made by
  // mkfifo would not do: to open that waits for who writes, who may be done by then.
  const { child, ended } = await startCommand(
    ['-c', BEHIND_A_PIPE, command],
    ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'],
  );
  const [, , , holder, teller] = child.stdio as unknown as readonly Duplex[];
  const opening = new Promise<Writable>((resolve, reject) => {
    let told = '';
    const open = () => {
      try {
        const file = openSync(`/proc/${told.trim()}/fd/0`, constants.O_WRONLY | constants.O_NONBLOCK);
        resolve(new Socket({ fd: file, readable: false, writable: true }));
      } catch (error) {
        reject(error);
      }
      holder!.destroy();
      teller!.destroy();
    };
    teller!.on('data', (piece: Buffer) => {
      told += piece.toString();
      if (told.endsWith('\n')) open();
    });
    // The shell could not do it.
    teller!.on('error', reject);
    teller!.on('end', reject);
  });
  return { ended, opening };
}

/**
 * A process that reads what we write. It is the leader of a group of its own, so that Ctrl-C in a terminal reaches leat alone, which
 * then gives it the last batch and the end of its input.
 */
async function openProcess(command: string, lost: (error: unknown) => void): Promise<Target> {
  const { ended: ending, opening } = await startWithPipe(command);
  const ended = ending.then((end) => judge(end, command));
  // A command that ends with 0 before its time is told by the next write only: there may be none.
  ended.catch(lost);
  // A command that has ended by now says how, rather than that its input cannot be opened; one that ended well may have been given nothing.
  const input = await opening.catch(() => ended.then(() => undefined));
  // The callback of the write is told the same error.
  input?.on('error', () => {});
  return {
    async write(bytes) {
      const error = await new Promise((resolve) => (input === undefined ? resolve(true) : input.write(bytes, resolve)));
      if (!error) return;
      // Its exit status says more than that its input is closed.
      await Promise.race([ended, pause(LAST_WORD)]);
      throw new RunFailure('sink-closed', 4, `the command \`${command}\` ended before it had read everything`);
    },
    close() {
      // Only what is closed is at its end for who reads a pipe.
      input?.end(() => input.destroy());
      return ended;
    },
    async abandon() {
      input?.destroy();
    },
  };
}

/** @throws RunFailure where a command ended otherwise than with 0. */
function judge({ status, signal }: Awaited<Command['ended']>, command: string): void {
  if (status === 0) return;
  // The shell that waits for it tells of a signal by its number, as shells do.
  const by = signal ?? signalOf(status! - 128);
  const how = by === undefined ? `ended with status ${status}` : `was ended by ${by}`;
  throw new RunFailure('sink-command', 4, `the command \`${command}\` ${how}`);
}

function signalOf(number: number): string | undefined {
  return Object.entries(SIGNALS).find(([, known]) => known === number)?.[0];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => wallClock.at(wallClock.now() + ms, resolve));
}

export const exec = defineSink({
  name: 'exec',
  summary: 'Gives the records as lines to a command on its standard input',
  synonyms: ['subprocess'],
  docs:
    'The command is run by `sh`, once for the whole run, and reads what each batch gives as soon as the batch is whole. With `each: "batch"` it is run ' +
    'for each batch that has records, one after the other, and sees the end of its input at the end of the batch: `exec("sort | mail me", each: "batch")`. ' +
    'What it writes goes where leat writes. The run ends with exit code 4 if it ends with a status other than 0, or before it has read everything. ' +
    'Its input is a pipe, which it may also open as `/dev/stdin`. Ctrl-C is not passed on to it; its input ends when the run does. A second Ctrl-C sends it SIGTERM.',
  examples: [
    { program: 'lines | exec("tr a-z A-Z > letters.txt")', in: 'a\nb', out: '', writes: { 'letters.txt': 'A\nB\n' } },
    {
      program: 'queue(["a"], ["b", "c"]) | exec("paste -s -d + - >> batches.txt", each: "batch")',
      out: '',
      writes: { 'batches.txt': 'a\nb+c\n' },
    },
  ],
  parameters: {
    command: text('what `sh -c` is given'),
    each: text('how often it is run: once a `run`, or once a `batch`', { named: true, choices: ['run', 'batch'] }).or(
      'run',
    ),
    format: formatParameter('text unless given'),
  },
  faster: { lines: ({ format = 'text' }) => format === 'text' },
  promise: 'again',
  create({ command, each, format }, context) {
    return new TargetSink({
      name: `the command \`${command}\``,
      open: (lost) => openProcess(command, lost),
      per: each === 'batch' ? 'batch' : 'run',
      format: format ?? 'text',
      context,
    });
  },
});
