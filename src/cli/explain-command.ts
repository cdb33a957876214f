import { explain } from '../query/plan/explain.ts';
import { nodesOnBytes } from '../run/local/byte-forms.ts';
import { say, tell } from './door.ts';
import { loadProgram, tellUsage, UsageError } from './load-program.ts';
import type { RunFlags } from './options.ts';

/** Shows the plan of a program. @returns the exit code. */
export async function explainCommand(text: string | undefined, flags: RunFlags): Promise<number> {
  try {
    const { plan } = await loadProgram(text, flags);
    const format = flags.format ?? (process.stdout.isTTY ? 'table' : 'text');
    const onBytes = flags.kernels ? nodesOnBytes(plan, format) : new Set<never>();
    say(`${explain(plan, onBytes)}\n`);
    for (const note of plan.notes) tell(`leat: ${note}`);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    tellUsage(error);
    return 2;
  }
}
