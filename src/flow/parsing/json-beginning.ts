import { skipBlanks } from './json-scanner.ts';

/** How a value began, by which the next one is known where it does not end as it should. */
export interface Beginning {
  /** The column of its first sign in its line, and that sign, which is a bracket. */
  readonly column: number;
  readonly bracket: string;
  /** Whether nothing stands behind that in its line. */
  readonly isBare: boolean;
}

/** @param first the line in which it begins. @param from where. */
export function beginningOf(first: string, from: number): Beginning {
  return { column: skipBlanks(first, 0), bracket: first[from]!, isBare: skipBlanks(first, from + 1) === first.length };
}

/** Whether a line begins another value than the one that began so: further in stands what is of it, and so may what it has brackets for. */
export function isNext(line: string, { column, bracket, isBare }: Beginning): boolean {
  const at = skipBlanks(line, 0);
  if (at === line.length || at > column) return false;
  const sign = line[at]!;
  if (sign === bracket) return true;
  if (sign === '{' || sign === '[') return !isBare;
  return !/["\]},:\-\dtfn]/.test(sign);
}
