import type { FieldReading } from '../define/faster.ts';
import { Kernel } from './kernel.ts';
import { ProjectedLines, whenLinesCome } from './projected-lines.ts';

/** See src/kernel. */
interface ClfKernel {
  wantColumn(column: number, field: number): void;
  readClf(start: number, end: number): number;
}

/** The columns as src/kernel/clf.ts numbers them. */
const COLUMNS = ['host', 'user', 'time', 'method', 'path', 'protocol', 'status', 'bytes', 'referrer', 'agent'];

/** What takes lines of the common or combined log format and gives out only some fields. */
export const clfFields = whenLinesCome(create);

function create(reading: FieldReading): ProjectedLines {
  const kernel = new Kernel<ClfKernel>();
  const { functions } = kernel;
  COLUMNS.forEach((column, number) => {
    const field = reading.names.indexOf(column);
    if (field >= 0) functions.wantColumn(number, field);
  });
  return new ProjectedLines(kernel, (start, end) => functions.readClf(start, end), reading);
}
