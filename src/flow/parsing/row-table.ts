import { BadRecord } from '../../base/problem.ts';
import type { Origin } from '../define/chunk.ts';
import type { Layout } from './delimited.ts';
import type { OpenRow } from './open-row.ts';
import { MOST_LINES, type Patience, patienceAt } from './patience.ts';
import { attempt, columnNames, type Field, fieldsOf, RowReader } from './row.ts';

/** The rows of one origin. */
export interface Table {
  readonly origin: Origin | null;
  started: boolean;
  /** Undefined until the header was read; null for good if it could not be read. */
  columns: readonly string[] | null | undefined;
  /** Why the header could not be read, and what to do. */
  headless: string;
  open: OpenRow | undefined;
  /** The number of the first line of the open row, and how many lines had been lost before it. */
  openLine: number;
  lostBefore: number;
  /** Undefined while no row was given up. */
  patience: Patience | undefined;
}

/** What a step remembers of an origin, as plain data. */
export interface RowMemory {
  readonly started: boolean;
  readonly header: readonly string[] | null;
  readonly isHeaderRead: boolean;
  readonly headless: string;
  readonly open: { readonly lines: readonly string[]; readonly line: number; readonly hasHole: boolean } | null;
  readonly patience: Patience | null;
}

export function newTable(origin: Origin | null): Table {
  return {
    origin,
    started: false,
    columns: undefined,
    headless: '',
    open: undefined,
    openLine: 0,
    lostBefore: 0,
    patience: undefined,
  };
}

/** What is remembered of an origin, up to where it has been read. */
export function memoryOf(table: Table, origin: Origin): RowMemory {
  const { started, columns, headless, open, openLine, patience } = table;
  const isPatient = patienceAt(patience, origin.lines) === MOST_LINES;
  return {
    started,
    header: columns ?? null,
    isHeaderRead: columns !== undefined,
    headless: headless || (columns === undefined ? (origin.lost?.reason ?? '') : ''),
    open: open === undefined ? null : { lines: open.lines, line: openLine, hasHole: hasHole(table) },
    patience: patience === undefined || isPatient ? null : { ...patience },
  };
}

/** Whether a line was lost in the middle of the open row. */
export function hasHole({ origin, lostBefore }: Table): boolean {
  return (origin?.lost?.count ?? 0) !== lostBefore;
}

/** A row of so many lines at a tick is told. */
const TOLD_LINES = 50;

/** Why nothing comes out, where that may last. */
export function noteOnOpen({ origin, open, openLine }: Table): string | undefined {
  const lines = open?.lines.length ?? 0;
  if (lines < TOLD_LINES) return undefined;
  const place = `${origin?.name ?? 'line'}:${openLine}`;
  const most = MOST_LINES.toLocaleString('en-US');
  return `${place} has a quoted field that is not closed after ${lines} lines: until it is, or ${most} lines have come, no rows come out`;
}

/** What helps wherever a header is bad. */
const NAMED = 'columns: […]';

/** Why a header is bad, and what to do. */
function withWayOut(why: string): string {
  return why.includes(NAMED) ? why : why + wayOut(why);
}

function wayOut(why: string): string {
  if (/UTF-8|UTF-16/.test(why)) {
    const from = why.includes('UTF-16') ? 'utf-16' : 'latin1';
    return `; convert the file, as by iconv -f ${from} -t utf-8, or name the columns: ${NAMED}, header: true`;
  }
  return `; ${/maxLine/.test(why) ? 'allow for longer lines with maxLine:, or' : 'mend it, or'} name the columns: ${NAMED}, header: true`;
}

/** The table goes on without a header. @param columns that the program names: those need none. */
export function loseHeader(table: Table, columns: readonly string[] | undefined, why: string): void {
  table.columns = columns ?? null;
  table.headless = withWayOut(why);
}

/** Why names of columns are not what the file says. */
export function unreadable(names: readonly Field[]): string | undefined {
  return names.some((name) => name?.includes('\0')) ? 'null characters, as UTF-16 has them' : undefined;
}

/** What comes of a table begins behind the first line of its file, which has the header. @param columns that the program names. */
export function beginBehind(
  table: Table,
  firstLine: string,
  layout: Layout,
  columns: readonly string[] | undefined,
): void {
  table.started = true;
  table.columns = columns ?? columnsIn(firstLine, layout);
  if (columns !== undefined) return;
  if (table.columns === undefined) loseHeader(table, columns, 'it is not in the first line alone');
  // Bytes that are no UTF-8 were read as these.
  else if (firstLine.includes('\ufffd')) loseHeader(table, columns, 'not valid UTF-8');
  else {
    const why = unreadable(table.columns ?? []);
    if (why !== undefined) loseHeader(table, columns, why);
  }
}

/** The names of the columns that a line has in it; undefined where it is no row by itself. */
function columnsIn(
  line: string,
  { delimiter, quotes }: Pick<Layout, 'delimiter' | 'quotes'>,
): readonly string[] | undefined {
  const fields = quotes ? attempt(new RowReader(delimiter), line) : fieldsOf(line, delimiter);
  return fields === undefined || fields instanceof BadRecord ? undefined : columnNames(fields);
}
