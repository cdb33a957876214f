import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';
import { text } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { framerOf, textParameters, textType } from '../framing/text.ts';
import { sourceFailure } from '../input/fault.ts';
import { readStream } from '../input/reading.ts';
import { receive } from '../input/receiving.ts';
import { signalCommand, startCommand } from '../processes/commands.ts';

/** ms that a command has to end after SIGTERM. */
const GRACE = 2000;

async function readCommand(command: string, open: () => Framer, context: SourceContext): Promise<void> {
  if (context.signal.aborted) return;
  let cancelKill = () => {};
  let stop = () => {};
  try {
    const { child, pid, ended } = await startCommand(['-c', command], ['ignore', 'pipe', 'inherit']);
    stop = () => {
      signalCommand(pid, 'SIGTERM');
      cancelKill = context.clock.at(context.clock.now() + GRACE, () => signalCommand(pid, 'SIGKILL'));
    };
    context.signal.addEventListener('abort', stop);
    if (context.signal.aborted) stop();
    const [{ status, signal }, broken] = await Promise.all([ended, readStream(child.stdout!, open(), context.signal)]);
    if (context.signal.aborted) return;
    if (broken !== undefined) throw sourceFailure('cannot-read', `what \`${command}\` writes cannot be read`, broken);
    if (status !== 0)
      throw new RunFailure('command-failed', 3, `\`${command}\` ended with ${signal ?? `exit code ${status}`}`);
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
    received: true,
    open({ command, ...args }, context) {
      const framer = framerOf(args, context);
      return { framer, run: () => readCommand(command, () => receive(command, context, framer), context) };
    },
  }),
});
