import type { FieldReading, TakeTexts } from '../define/faster.ts';
import { Kernel } from './kernel.ts';
import { ProjectedLines } from './projected-lines.ts';

/** The columns as src/kernel/clf.ts numbers them. */
const COLUMNS = ['host', 'user', 'time', 'method', 'path', 'protocol', 'status', 'bytes', 'referrer', 'agent'];

/** What takes lines of the common or combined log format and gives out only some fields. */
export function clfFields(reading: FieldReading): TakeTexts {
  let lines: ProjectedLines | undefined;
  return (bytes) => {
    lines ??= create(reading);
    return lines.take(bytes);
  };
}

function create(reading: FieldReading): ProjectedLines {
  const kernel = new Kernel();
  const { functions } = kernel;
  COLUMNS.forEach((column, number) => {
    const field = reading.names.indexOf(column);
    if (field >= 0) functions.wantColumn(number, field);
  });
  return new ProjectedLines(kernel, (start, end) => functions.readClf(start, end), reading);
}
