import type { FailureExit, RunFailure } from '../../../base/problem.ts';

/** A failure as plain data: errors lose their fields on the way between threads and processes. */
export interface PlainFailure {
  readonly code: string;
  readonly exit: FailureExit;
  readonly message: string;
  readonly help?: string;
}

export function plainFailure({ code, exit, message, help }: RunFailure): PlainFailure {
  return { code, exit, message, ...(help === undefined ? {} : { help }) };
}
