import type { Cursor, Origin } from '../define/chunk.ts';
import type { RunContext } from '../define/context.ts';
import { reportBad } from '../records/report-bad.ts';

/** What a parser of several lines needs to know of the run: where it stands, and whom to tell of what is bad. */
export type Place = Pick<RunContext, 'cursor' | 'bad'>;

/** Lines that are one record, and the number of the first of them. */
export interface Piece {
  readonly line: number;
  readonly lines: readonly string[];
}

/** Does `act` with the cursor at the first of these lines, where what it throws is reported. */
export function atLines(run: Place, origin: Origin | null, { line, lines }: Piece, act: () => void): void {
  const { cursor } = run;
  const before: Cursor = { origin: cursor.origin, line: cursor.line, text: cursor.text };
  const text = () => lines.join('\n');
  Object.assign(cursor, { origin, line, text });
  try {
    act();
  } catch (problem) {
    reportBad(run, problem, text());
  } finally {
    Object.assign(cursor, before);
  }
}
