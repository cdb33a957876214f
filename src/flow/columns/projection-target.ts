import type { ProjectionTarget } from '../bytes/projected-lines.ts';
import type { Step } from '../define/step.ts';
import { givingLines, pushingRows } from './take-rows.ts';

/** What is worth reading of the lines that a parser is given, before it reads all of them. */
export interface LookedAt {
  /** The names of the fields, in no particular order. */
  readonly names: readonly string[];
  /** Whether these are only what the filters directly behind it look at: what they let pass is wanted whole. */
  readonly byFilters: boolean;
}

/** Where a parser gives the rows that a kernel reads: to the step behind it, as rows where it takes them. @param line has a line read by the row form. */
export function targetBehind(
  { names, byFilters }: LookedAt,
  down: Step,
  line: (text: string) => void,
): ProjectionTarget {
  const rows = down.rows?.({ names, ...(byFilters ? { asLines: givingLines(line) } : {}) });
  return { rows: rows ?? pushingRows((record) => down.push(record)), line };
}
