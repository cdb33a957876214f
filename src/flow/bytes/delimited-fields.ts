import { itemOf } from '../../base/field-path.ts';
import type { FieldReading, ReadFields } from '../define/faster.ts';
import { Kernel } from './kernel.ts';
import { ProjectedLines, whenLinesCome } from './projected-lines.ts';

/** See src/kernel. */
interface DelimitedKernel {
  setLayout(delimiter: number, quotes: boolean, numbers: boolean, blanks: boolean): void;
  startColumns(count: number): void;
  addColumn(column: number, field: number, isText: boolean): void;
  leaveLine(start: number): number;
  readDelimited(start: number, end: number): number;
}

/** How fields stand in a row. */
interface FieldLayout {
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
export function delimitedFields(layout: FieldLayout, columnsNow: () => readonly string[] | undefined): ReadFields {
  return whenLinesCome((reading) => create(reading, layout, columnsNow));
}

/** More columns than any row has. */
const ANY = 0xffffffff;

/** What takes lines as lists of the texts between delimiters, bytes of ASCII, and gives out only some items. */
export function partFields(delimiter: number): ReadFields {
  return whenLinesCome((reading) => {
    const kernel = new Kernel<DelimitedKernel>();
    const { functions } = kernel;
    const lines = new ProjectedLines(kernel, (start, end) => functions.readDelimited(start, end), reading);
    functions.setLayout(delimiter, false, false, true);
    functions.startColumns(ANY);
    const items = reading.names.map((path, field) => ({ at: itemOf(path)!, field }));
    for (const { at, field } of items.sort((a, b) => a.at - b.at)) functions.addColumn(at, field, true);
    return lines;
  });
}

function create(
  reading: FieldReading,
  { delimiter, quotes, numbers, texts }: FieldLayout,
  columnsNow: () => readonly string[] | undefined,
): ProjectedLines {
  const kernel = new Kernel<DelimitedKernel>();
  const { functions } = kernel;
  functions.setLayout(delimiter.charCodeAt(0), quotes, numbers, false);
  let known: readonly string[] | undefined;
  const read = (start: number, end: number) => {
    const columns = columnsNow();
    if (columns === undefined) return functions.leaveLine(start);
    if (columns !== known) {
      known = columns;
      functions.startColumns(columns.length);
      columns.forEach((column, number) => {
        const field = reading.names.indexOf(column);
        if (field >= 0) functions.addColumn(number, field, texts.has(column));
      });
    }
    return functions.readDelimited(start, end);
  };
  return new ProjectedLines(kernel, read, reading);
}
