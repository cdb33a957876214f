import { RunFailure, RunInterrupted } from '../../../base/problem.ts';
import type { Cursor } from '../../../flow/define/chunk.ts';

/**
 * What a step threw that was no bad record, as the failure of the run. Undefined where the run is to end and the step was too long at work.
 *
 * @param cursor where the record under way stands.
 */
export function failureOf(error: unknown, { origin, line }: Cursor): RunFailure | undefined {
  if (error instanceof RunInterrupted) return undefined;
  if (error instanceof RunFailure) return error;
  const where = origin === null ? 'at the end of a batch' : `at ${origin.name}:${line}`;
  return new RunFailure(
    'internal',
    1,
    `a fault of leat itself, ${where}: ${String(error)}`,
    'please report it, with the program and that record',
  );
}
