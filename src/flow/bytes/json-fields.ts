import type { FieldReading } from '../define/faster.ts';
import { Kernel } from './kernel.ts';
import { ProjectedLines, whenLinesCome } from './projected-lines.ts';
import { wantNames } from './wanted-names.ts';

/** See src/kernel. */
interface JsonKernel {
  readJson(start: number, end: number): number;
}

/** What takes lines of JSON and gives out only some fields of each object. */
export const jsonFields = whenLinesCome(create);

function create(reading: FieldReading): ProjectedLines {
  const kernel = new Kernel<JsonKernel>();
  wantNames(kernel, reading.names);
  return new ProjectedLines(kernel, (start, end) => kernel.functions.readJson(start, end), reading);
}
