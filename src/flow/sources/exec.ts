import { type ChildProcess, spawn } from 'node:child_process';
import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import { text } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { openFramer, type TextArguments, textParameters, textType } from '../framing/text.ts';
import { sourceFailure } from '../input/fault.ts';
import { readStream } from '../input/reading.ts';
import { keepCommand, signalCommand } from '../processes/commands.ts';

/** ms that a command has to end after SIGTERM. */
const GRACE = 2000;

/** Ends the command and all that it started: they are one process group. */
function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) signalCommand(pid, signal);
}

/** How a command ended; rejects if it could not be started. */
function ending(child: ChildProcess): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

async function readCommand(command: string, args: TextArguments, context: SourceContext): Promise<void> {
  if (context.signal.aborted) return;
  const child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  keepCommand(child);
  const ended = ending(child);
  let cancelKill = () => {};
  const stop = () => {
    kill(child, 'SIGTERM');
    cancelKill = context.clock.at(context.clock.now() + GRACE, () => kill(child, 'SIGKILL'));
  };
  context.signal.addEventListener('abort', stop);
  try {
    const framer = openFramer(args, context.origin(command), context);
    const [{ code, signal }, broken] = await Promise.all([ended, readStream(child.stdout, framer, context.signal)]);
    if (context.signal.aborted) return;
    if (broken !== undefined) throw sourceFailure('cannot-read', `what \`${command}\` writes cannot be read`, broken);
    if (code !== 0)
      throw new RunFailure('command-failed', 3, `\`${command}\` ended with ${signal ?? `exit code ${code}`}`);
  } catch (error) {
    throw error instanceof RunFailure ? error : sourceFailure('cannot-run', `\`${command}\` cannot be run`, error);
  } finally {
    cancelKill();
    context.signal.removeEventListener('abort', stop);
  }
}

export const exec = defineSource({
  name: 'exec',
  summary: 'The lines that a command writes',
  synonyms: ['subprocess'],
  docs:
    'Runs the command through `sh -c` and reads its standard output; what it writes to standard error goes to ours. It ends with the ' +
    'command. An exit code other than 0 is a failure (exit 3), after all that was written has been read. When the run ends first, the ' +
    'command and what it started are ended by SIGTERM, two seconds later by SIGKILL.',
  examples: [{ program: `exec("printf 'a\\\\nb\\\\n'") | map(_.toUpperCase())`, out: 'A\nB' }],
  parameters: { command: text('a command of the shell'), ...textParameters },
  gives: textType,
  behaviour: () => ({
    kind: 'live',
    replayable: false,
    open: ({ command, ...args }, context) => ({ run: () => readCommand(command, args, context) }),
  }),
});
