/** How many lines what is read may go on, where nothing was given up. */
export const MOST_LINES = 1000;

/**
 * From the line `since` on a row or value may go on for so many lines, and those that have come since. Lines of what was given up are read
 * again; so that no input makes that happen to each line a thousand times, what follows may go on for half as long behind each time.
 */
export interface Patience {
  readonly lines: number;
  readonly since: number;
}

/** How many lines may be read again of what begins there. */
export function patienceAt(patience: Patience | undefined, line: number): number {
  if (patience === undefined) return MOST_LINES;
  return Math.max(1, Math.min(MOST_LINES, patience.lines + line - patience.since));
}

/** Behind something of so many lines that was given up. */
export function lessPatient(patience: Patience | undefined, line: number, lines: number): Patience {
  return { lines: Math.floor(patienceAt(patience, line) / 2), since: line + lines };
}
