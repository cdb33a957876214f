import type { FieldReading, ReadFields } from '../define/faster.ts';
import { Kernel } from './kernel.ts';
import { ProjectedLines, whenLinesCome } from './projected-lines.ts';
import { wantNames } from './wanted-names.ts';

/** See src/kernel. */
interface LogfmtKernel {
  keepText(field: number): void;
  readLogfmt(start: number, end: number, numbers: boolean): number;
}

/** Whether values that are numbers become such, and in which fields they do not. */
interface ValueTypes {
  readonly numbers: boolean;
  readonly texts: ReadonlySet<string>;
}

/** What takes lines of logfmt and gives out only some fields. */
export function logfmtFields(types: ValueTypes): ReadFields {
  return whenLinesCome((reading) => create(reading, types));
}

function create(reading: FieldReading, { numbers, texts }: ValueTypes): ProjectedLines {
  const kernel = new Kernel<LogfmtKernel>();
  const { functions } = kernel;
  const { names } = reading;
  wantNames(kernel, names);
  const read = (start: number, end: number) => functions.readLogfmt(start, end, numbers);
  const lines = new ProjectedLines(kernel, read, reading);
  names.forEach((name, field) => {
    if (texts.has(name)) functions.keepText(field);
  });
  return lines;
}
