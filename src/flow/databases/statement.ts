import type { SqlRow } from './database.ts';

/** Quoted names and texts, in which a question mark is one, and question marks that stand for values. */
const PARTS = /"(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|'')*'|\?/g;

/** A statement with something in the place of each `?`. */
export function withValues(sql: string, write: (index: number) => string): string {
  let index = 0;
  return sql.replace(PARTS, (part) => (part === '?' ? write(index++) : part));
}

/** Whether a text is one question, in whose texts no semicolon stands either. */
export function isSelect(text: string): boolean {
  return /^\s*(?:select|with|values|table)\b[^;]*;?\s*$/i.test(text);
}

/** A question as a part of another one. */
export function withoutEnd(sql: string): string {
  return sql.replace(/;\s*$/, '');
}

/** The codes of the system that a connection breaks with, or is not made. */
const BROKEN = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** The code of a failure: the system's, or the driver's. */
export function codeOfFailure(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Whether a connection was not made or has broken, by the code, or by the words of a driver that has none. */
export function isBroken(error: unknown): boolean {
  if (BROKEN.has(codeOfFailure(error))) return true;
  const message = error instanceof Error ? error.message : '';
  return /connection (?:terminated|closed|lost|is closed)|timeout expired|closed state|not queryable/i.test(message);
}

/** Rows in groups that make a statement of no more than about so many bytes each. */
export function* inStatements(
  rows: readonly SqlRow[],
  mostRows: number,
  mostBytes: number,
): Generator<readonly SqlRow[]> {
  let start = 0;
  let bytes = 0;
  for (const [i, row] of rows.entries()) {
    for (const cell of row) bytes += typeof cell === 'string' ? cell.length : 8;
    if (i + 1 - start < mostRows && bytes < mostBytes) continue;
    yield rows.slice(start, i + 1);
    start = i + 1;
    bytes = 0;
  }
  if (start < rows.length) yield rows.slice(start);
}
