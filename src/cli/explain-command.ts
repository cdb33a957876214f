import { explain } from '../query/plan/explain.ts';
import { nodesOnBytes } from '../run/local/byte-forms.ts';
import { loadProgram, UsageError } from './load-program.ts';
import type { RunFlags } from './options.ts';

/** Shows the plan of a program. @returns the exit code. */
export async function explainCommand(text: string | undefined, flags: RunFlags): Promise<number> {
  try {
    const { plan } = await loadProgram(text, flags);
    const format = flags.format ?? (process.stdout.isTTY ? 'table' : 'text');
    const onBytes = flags.kernels ? nodesOnBytes(plan, format) : new Set<never>();
    process.stdout.write(`${explain(plan, onBytes)}\n`);
    for (const note of plan.notes) process.stderr.write(`leat: ${note}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}
