import { formatDuration } from '../base/duration.ts';
import { toJson } from '../base/json.ts';
import { explain } from '../query/plan/explain.ts';
import { planAsData } from '../query/plan/explain-json.ts';
import { explainOnCluster } from '../run/cluster/explain.ts';
import { filterOrStream, type PipeManner } from '../run/local/options/filter-or-stream.ts';
import { nodesOnBytes } from '../run/local/steps/byte-forms.ts';
import { programOf } from './as-nc.ts';
import { loadProgram, tellUsage } from './load-program.ts';
import { messagesAs } from './messages.ts';
import { intervalOf, type RunFlags } from './options.ts';
import { say, tell } from './streams/door.ts';
import { UsageError } from './usage-error.ts';

export interface ExplainFlags extends RunFlags {
  readonly json?: true;
}

/**
 * Shows the plan of a program, with `json` as data on one line.
 *
 * @param surplus arguments behind the program, as of a run.
 * @returns the exit code.
 */
export async function explainCommand(
  text: string | undefined,
  flags: ExplainFlags,
  surplus: readonly string[],
): Promise<number> {
  try {
    const { plan } = await loadProgram(programOf({ ...flags, text, surplus }), flags);
    const { isTTY = false } = process.stdout;
    const format = flags.format ?? (isTTY ? 'table' : 'text');
    const onBytes = flags.kernels ? nodesOnBytes(plan, format) : new Set<never>();
    if (flags.json === true) {
      say(`${toJson(planAsData(plan, onBytes))}\n`);
      return 0;
    }
    say(`${explain(plan, onBytes)}\n`);
    if (flags.engine === 'spark') say(`\n${explainOnCluster(plan)}\n`);
    const pipe =
      flags.replay === undefined
        ? filterOrStream(plan, { ...flags, stdin: 'pipe', stdoutIsTerminal: isTTY })
        : undefined;
    if (pipe !== undefined) say(`\n${explainPipe(pipe, intervalOf(flags))}\n`);
    for (const note of plan.notes.flatMap((line) => messagesAs(flags).note(line))) tell(note);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    tellUsage(error, flags);
    return 2;
  }
}

/** What a pipe as standard input would be, in one line. */
function explainPipe({ manner, why }: PipeManner, interval: number): string {
  if (manner === 'stream') return `a pipe is a stream: a batch every ${formatDuration(interval)} (${why})`;
  return `a pipe is a filter: one batch until it ends (${why})`;
}
