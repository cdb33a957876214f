import type { Cursor } from '../define/chunk.ts';
import type { TakeTexts } from '../define/text-form.ts';
import { Kernel } from './kernel.ts';
import { ProjectedLines, type ProjectionTarget } from './projected-lines.ts';

/** How fields stand in a row. */
export interface FieldLayout {
  readonly delimiter: string;
  readonly quotes: boolean;
  /** Texts that are numbers become such, but in the columns of these names. */
  readonly numbers: boolean;
  readonly texts: ReadonlySet<string>;
}

const PLAIN_DELIMITER = /^(?![-+.0-9Ee])[\0-\x7f]$/;

/** Whether the kernel knows a delimiter: one byte of ASCII that stands in no number. */
export function isPlainDelimiter(delimiter: string): boolean {
  return PLAIN_DELIMITER.test(delimiter);
}

/**
 * What takes lines of delimited fields and gives out only some columns. The delimiter must be a plain one.
 *
 * @param columnsNow the names of the columns, asked before lines are read; undefined while the row form has to see each line: a header,
 *   what is left of a row.
 */
export function delimitedFields(
  names: readonly string[],
  layout: FieldLayout,
  columnsNow: () => readonly string[] | undefined,
  cursor: Cursor,
  target: ProjectionTarget,
): TakeTexts {
  let lines: ProjectedLines | undefined;
  return (bytes) => {
    lines ??= create(names, layout, columnsNow, cursor, target);
    return lines.take(bytes);
  };
}

function create(
  names: readonly string[],
  { delimiter, quotes, numbers, texts }: FieldLayout,
  columnsNow: () => readonly string[] | undefined,
  cursor: Cursor,
  target: ProjectionTarget,
): ProjectedLines {
  const kernel = new Kernel();
  const { functions } = kernel;
  functions.setLayout(delimiter.charCodeAt(0), quotes, numbers);
  let known: readonly string[] | undefined;
  const read = (start: number, end: number) => {
    const columns = columnsNow();
    if (columns === undefined) return functions.leaveLine(start);
    if (columns !== known) {
      known = columns;
      functions.startColumns(columns.length);
      columns.forEach((column, number) => {
        const field = names.indexOf(column);
        if (field >= 0) functions.addColumn(number, field, texts.has(column));
      });
    }
    return functions.readDelimited(start, end);
  };
  return new ProjectedLines(kernel, read, names, cursor, target);
}
