import { BadRecord } from '../../base/problem.ts';
import type { Layout } from './delimited.ts';
import { type Field, fieldsOf, RowReader } from './row.ts';

/** How lines are cut into fields. */
type Cells = Pick<Layout, 'delimiter' | 'quotes'>;

/** How many fields a line has that is a row by itself. @throws BadRecord */
export function widthOf(line: string, { delimiter, quotes }: Cells): number {
  return (quotes ? new RowReader(delimiter).read(line) : fieldsOf(line, delimiter))?.length ?? 0;
}

/**
 * The number of the line that the first row begins at, most likely, among lines from the middle of a table. Either the first one begins a
 * row, or it stands in a quoted field; what makes more rows of the given width, and fewer of others, is taken.
 *
 *     nd of a text, with a comma          a row of 2 fields        in a field
 *     that is quoted",7                   text behind a quote      its end
 *     2,"another",9                       a row of 3 fields        a row of 3 fields: the first one
 */
export function firstRowIn(lines: readonly string[], cells: Cells, width: number): number {
  if (!cells.quotes) return 0;
  const inside = reading(lines, cells.delimiter, width, true);
  return inside.fit > reading(lines, cells.delimiter, width, false).fit ? inside.first : 0;
}

function reading(lines: readonly string[], delimiter: string, width: number, isInside: boolean) {
  let reader: RowReader | undefined;
  if (isInside) {
    reader = new RowReader(delimiter);
    reader.read('"');
  }
  let first = isInside ? lines.length : 0;
  let fit = 0;
  for (const [i, line] of lines.entries()) {
    if (reader === undefined && line === '') continue;
    reader ??= new RowReader(delimiter);
    const fields = readOrNone(reader, line);
    if (fields === undefined) continue;
    // Of the row that was open, nobody knows how many fields it had before.
    if (i < first) first = i + 1;
    else fit += fields.length === width ? 1 : -1;
    reader = undefined;
  }
  return { first, fit };
}

function readOrNone(reader: RowReader, line: string): readonly Field[] | undefined {
  try {
    return reader.read(line);
  } catch (problem) {
    if (!(problem instanceof BadRecord)) throw problem;
    return [];
  }
}
